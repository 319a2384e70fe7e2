import { array, flags, struct, u8, u16 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { propertyName } from '../../src/oxcdata/property-name.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'
import { normalName, psMapiId } from './normal-name.js'

const CREATE = 0x02

/** [MS-OXCROPS] 2.2.8.1, [MS-OXCPRPT] 2.2.12, 3.2.5.9: ids of property names, made where asked. */
export const RopGetPropertyIdsFromNames = rop(0x56, 'RopGetPropertyIdsFromNames', {
  input: ['logon', 'folder', 'message', 'attachment'],
  writes: ['logon', 'folder', 'message', 'attachment'],
  request: struct({ flags: flags(u8, { create: CREATE }), propertyNames: array(u16, propertyName) }),
  response: struct({ propertyIds: array(u16, u16) }),
  execute(call, { flags: bits, propertyNames }) {
    const { mailbox } = call
    if (propertyNames.length === 0) {
      // No names ask for every registered id, on a logon (R526).
      const registered = call.inputKind === 'logon' ? [...mailbox.namedProperties()] : []
      return { propertyIds: registered.map(({ id }) => id) }
    }
    // A name that the user may not register stays unmapped (R227); running out of ids is an error (R53502).
    const create = (bits & CREATE) !== 0 && mailbox.mayChange(call.actor)
    const asked = propertyNames.map(normalName).filter(name => psMapiId(name) === undefined)
    return chain(mailbox.propertyIdsFromNames(asked, create, call.actor), ids => {
      if (create && ids.includes(0)) throw new MapiError(ErrorCode.ecNotEnoughMemory)
      let next = 0
      return { propertyIds: propertyNames.map(name => psMapiId(name) ?? ids[next++]) }
    })
  }
})
