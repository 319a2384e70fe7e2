import { empty } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'
import { allObjectKinds } from '../wire-forms.js'

/** [MS-OXCROPS] 2.2.15.3, 3.2.5.3: releases a Server object and all that it holds; there is no response. */
export const RopRelease = rop(0x01, 'RopRelease', {
  input: allObjectKinds,
  noResponse: true,
  request: empty,
  response: empty
})
