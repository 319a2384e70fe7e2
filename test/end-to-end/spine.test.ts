import t from 'tap'
import { HTTP_BASIC } from './server-process.js'
import { spine } from './spine.js'

spine(t, HTTP_BASIC)
