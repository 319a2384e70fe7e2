import t from 'tap'
import { HTTPS_NTLM } from './server-process.js'
import { spine } from './spine.js'

spine(t, HTTPS_NTLM)
