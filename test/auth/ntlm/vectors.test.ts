/** Every published example of [MS-NLMP] 4.2: key derivation, responses, whole messages, and what is done with session keys. */
import t from 'tap'
import { parseAuthenticateMessage } from '../../../src/auth/ntlm/authenticate-message.js'
import { AvId, namePair, writeAvPairs } from '../../../src/auth/ntlm/av-pairs.js'
import { desl } from '../../../src/auth/ntlm/des.js'
import { md4 } from '../../../src/auth/ntlm/md4.js'
import { hmacMd5, md5, ntowfv1, ntowfv2 } from '../../../src/auth/ntlm/one-way-functions.js'
import { Rc4, rc4 } from '../../../src/auth/ntlm/rc4.js'
import { exportedSessionKey, keyExchangeKey } from '../../../src/auth/ntlm/session-keys.js'
import { verifyResponse } from '../../../src/auth/ntlm/verify-response.js'
import { bytesOf, hexOf, outsideMissing, vectors } from '../../oxcdata/outside.js'

const skip = outsideMissing
const all = skip === false ? vectors('MS-NLMP') : []
const used = new Set<string>()

function vector(section: string): { hex: string; decoded: Record<string, unknown> } {
  const found = all.find(({ id }) => id === `nlmp-${section}`)
  if (found === undefined) throw new Error(`no vector ${section}`)
  used.add(found.id)
  return found
}

// 4.2.1
const password = 'Password'
const ntHash = ntowfv1(password)
const lmHash = lmowfv1(password)
const serverChallenge = bytesOf('0123456789abcdef')
const clientChallenge = bytesOf('aaaaaaaaaaaaaaaa')
const sessionKey = bytesOf('55'.repeat(16))
const plaintext = Buffer.from('Plaintext', 'utf16le')
const sessionSecurity = 0x00080000
const noMessages = { negotiate: new Uint8Array(), challenge: new Uint8Array(), serverChallenge }
const policy = { lmCompatibilityLevel: 3, now: 0n }

t.test('MD4 and RC4 as their authors published them', async t => {
  // RFC 1320 A.5
  t.equal(hexOf(md4(Buffer.from(''))), '31d6cfe0d16ae931b73c59d7e0c089c0')
  t.equal(hexOf(md4(Buffer.from('abc'))), 'a448017aaf21d8525fc10ae87aa6729d')
  t.equal(hexOf(md4(Buffer.from('1234567890'.repeat(8)))), 'e33b4ddc9c38f2199c3e7b164fcc0536')
  // RFC 6229 2, key of 40 bits
  t.equal(hexOf(rc4(bytesOf('0102030405'), new Uint8Array(16))), 'b2396305f03dc027ccc3524a0a1118a8')
})

t.test('4.2.1: the common values', { skip }, async t => {
  const { hex, decoded } = vector('4.2.1-common')
  t.equal(hexOf(Buffer.from('User', 'utf16le')), hex)
  t.equal(decoded.Password, password)
  t.equal(decoded.ServerChallenge, hexOf(serverChallenge))
})

t.test('4.2.2: NTLM version 1', { skip }, async t => {
  t.equal(hexOf(ntHash), 'a4f49c406510bdcab6824ee7c30fd852', '4.2.2.1.2')
  t.equal(hexOf(lmHash), vector('4.2.2.1.1-lmowfv1').hex)
  t.equal(hexOf(md4(ntHash)), vector('4.2.2.1.3-sessionbasekey').hex)
  t.equal(hexOf(desl(ntHash, serverChallenge)), vector('4.2.2.2.1-ntlmv1-response').hex)
  const lmResponse = desl(lmHash, serverChallenge)
  t.equal(hexOf(lmResponse), vector('4.2.2.2.2-lmv1-response').hex)
  const lmKey = lanManagerKey(lmResponse)
  t.equal(hexOf(lmKey), vector('4.2.2.2.2-lmkey-kxkey').hex)
  t.equal(hexOf(rc4(lmKey, sessionKey)), vector('4.2.2.2.3-lm-key').hex)
  const nonNtKey = Buffer.concat([lmHash.subarray(0, 8), new Uint8Array(8)])
  t.equal(hexOf(rc4(nonNtKey, sessionKey)), vector('4.2.2.2.3-non-nt-session-key').hex)
  const encrypted = rc4(md4(ntHash), sessionKey)
  t.equal(hexOf(encrypted), vector('4.2.2.2.3-encrypted-session-key').hex)

  const raw = bytesOf(vector('4.2.2.3-authenticate').hex)
  const message = parseAuthenticateMessage(raw)
  t.match(message, { user: 'User', domain: 'Domain', workstation: 'COMPUTER', mic: undefined })
  const verdict = verifyResponse(raw, message, noMessages, ntHash, policy)
  t.same(verdict, { right: true, kind: 'ntlm', sessionKey: Buffer.from(sessionKey) })
  const strict = verifyResponse(raw, message, noMessages, ntHash, { ...policy, lmCompatibilityLevel: 5 })
  t.match(strict, { right: false }, 'level 5 takes NTLMv2 only')
  t.match(verifyResponse(raw, message, noMessages, ntowfv1('password'), policy), { right: false })

  const stream = new Rc4(sessionKey)
  t.equal(hexOf(stream.apply(plaintext)), vector('4.2.2.4-seal-data').hex)
  // RandomPad and SeqNum are zero; all three parts go through the stream.
  const signature = Buffer.concat([new Uint8Array(4), crc32(plaintext), new Uint8Array(4)])
  t.equal(`01000000${hexOf(stream.apply(signature))}`, vector('4.2.2.4-signature').hex)
})

t.test('4.2.3: NTLM version 1 with a client challenge (NTLM2 session)', { skip }, async t => {
  const lmField = Buffer.concat([clientChallenge, new Uint8Array(16)])
  const key = keyExchangeKey(md4(ntHash), sessionSecurity, lmField, serverChallenge)
  t.equal(hexOf(key), vector('4.2.3.1.3-kxkey').hex)
  const answered = md5(serverChallenge, clientChallenge).subarray(0, 8)
  t.equal(hexOf(desl(ntHash, answered)), vector('4.2.3.2.2-nt-response').hex)
  const raw = bytesOf(vector('4.2.3.3-authenticate').hex)
  const message = parseAuthenticateMessage(raw)
  t.same(verifyResponse(raw, message, noMessages, ntHash, policy), {
    right: true,
    kind: 'ntlm2-session',
    sessionKey: key
  })
})

t.test('4.2.4: NTLM version 2', { skip }, async t => {
  const responseKey = ntowfv2(ntHash, 'User', 'Domain')
  t.equal(hexOf(responseKey), vector('4.2.4.1.1-ntowfv2').hex)
  const lmv2 = Buffer.concat([hmacMd5(responseKey, serverChallenge, clientChallenge), clientChallenge])
  t.equal(hexOf(lmv2), vector('4.2.4.2.1-lmv2-response').hex)
  const names = writeAvPairs([namePair(AvId.NbDomainName, 'Domain'), namePair(AvId.NbComputerName, 'Server')])
  const begin = bytesOf(`0101${'00'.repeat(14)}`)
  const challenge = Buffer.concat([begin, clientChallenge, new Uint8Array(4), names, new Uint8Array(4)])
  const proof = hmacMd5(responseKey, serverChallenge, challenge)
  t.equal(hexOf(proof), '68cd0ab851e51c96aabc927bebef6a1c', '4.2.4.2.2')
  const baseKey = hmacMd5(responseKey, proof)
  t.equal(hexOf(baseKey), '8de40ccadbc14a82f15cb0ad0de95ca3', '4.2.4.1.2')
  const encryptedSessionKey = rc4(baseKey, sessionKey)
  t.equal(hexOf(encryptedSessionKey), 'c5dad2544fc9799094ce1ce90bc9d03e', '4.2.4.2.3')
  t.equal(hexOf(exportedSessionKey(baseKey, 0xe2888235, encryptedSessionKey)!), hexOf(sessionKey))

  const whole = { user: 'User', domain: 'Domain', workstation: 'COMPUTER', flags: 0xe2888235, encryptedSessionKey }
  const v2 = {
    ...whole,
    lmResponse: lmv2,
    ntResponse: Buffer.concat([proof, challenge]),
    clientChallenge: { timestamp: 0n, targetInfo: { pairs: [] } as never },
    mic: undefined
  }
  t.same(verifyResponse(new Uint8Array(), v2, noMessages, ntHash, policy), {
    right: true,
    kind: 'ntlmv2',
    sessionKey: Buffer.from(sessionKey)
  })
  const lmOnly = { ...v2, ntResponse: new Uint8Array(), clientChallenge: undefined, flags: 0 }
  t.match(verifyResponse(new Uint8Array(), lmOnly, noMessages, ntHash, { ...policy, lmCompatibilityLevel: 5 }), {
    right: true,
    kind: 'lmv2'
  })

  const magic = (text: string) => Buffer.from(`session key to client-to-server ${text} key magic constant\0`, 'latin1')
  const sealKey = md5(sessionKey, magic('sealing'))
  t.equal(hexOf(sealKey), vector('4.2.4.4-sealkey').hex)
  const signKey = md5(sessionKey, magic('signing'))
  t.equal(hexOf(signKey), vector('4.2.4.4-signkey').hex)
  const stream = new Rc4(sealKey)
  t.equal(hexOf(stream.apply(plaintext)), vector('4.2.4.4-seal-data').hex)
  const sequence = new Uint8Array(4)
  const checksum = stream.apply(hmacMd5(signKey, sequence, plaintext).subarray(0, 8))
  t.equal(`01000000${hexOf(checksum)}${hexOf(sequence)}`, vector('4.2.4.4-signature').hex)
})

t.test('no example was left out', { skip }, async t => {
  t.same(
    all.map(({ id }) => id).filter(id => !used.has(id)),
    []
  )
})

/** LMOWFv1 ([MS-NLMP] 3.3.1): the server keeps no such hash; its examples are here to pin DES. */
function lmowfv1(text: string): Buffer {
  const letters = Buffer.alloc(14)
  letters.write(text.toUpperCase(), 'latin1')
  const magic = Buffer.from('KGS!@#$%', 'latin1')
  return Buffer.concat([des(letters.subarray(0, 7), magic), des(letters.subarray(7), magic)])
}

/** DES by way of DESL, whose first third is DES under the first seven bytes of the key. */
function des(key7: Uint8Array, block: Uint8Array): Uint8Array {
  return desl(Buffer.concat([key7, new Uint8Array(9)]), block).subarray(0, 8)
}

/** KXKEY where NTLMSSP_NEGOTIATE_LM_KEY is set ([MS-NLMP] 3.4.5.1). */
function lanManagerKey(lmResponse: Uint8Array): Buffer {
  const block = lmResponse.subarray(0, 8)
  const second = Buffer.concat([lmHash.subarray(7, 8), Buffer.alloc(6, 0xbd)])
  return Buffer.concat([des(lmHash.subarray(0, 7), block), des(second, block)])
}

function crc32(bytes: Uint8Array): Uint8Array {
  let rest = 0xffffffff
  for (const byte of bytes) {
    rest ^= byte
    for (let i = 0; i < 8; i++) rest = (rest >>> 1) ^ (0xedb88320 & -(rest & 1))
  }
  const result = Buffer.alloc(4)
  result.writeInt32LE(~rest)
  return result
}
