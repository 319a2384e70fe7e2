/** NTLM messages of other programs are read, and ours have their layout. */
import t from 'tap'
import {
  formatAuthenticateMessage,
  parseAuthenticateMessage,
  withMic,
  withoutMic
} from '../../../src/auth/ntlm/authenticate-message.js'
import { AvId, flagsPair, namePair, readAvPairs, TargetInfo, writeAvPairs } from '../../../src/auth/ntlm/av-pairs.js'
import {
  challengeFlags,
  formatChallengeMessage,
  parseChallengeMessage
} from '../../../src/auth/ntlm/challenge-message.js'
import { messageTypeOf } from '../../../src/auth/ntlm/message-fields.js'
import { NegotiateFlags } from '../../../src/auth/ntlm/negotiate-flags.js'
import { formatNegotiateMessage, parseNegotiateMessage } from '../../../src/auth/ntlm/negotiate-message.js'
import { upperCase } from '../../../src/auth/ntlm/one-way-functions.js'
import { MalformedBuffer } from '../../../src/bufferstructs/index.js'
import { bytesOf, hexOf, outsideMissing, vectorBytes } from '../../oxcdata/outside.js'
import { recordedMessages } from './recorded-messages.js'

const skip = outsideMissing
const malformed = (read: () => unknown): Promise<void> => t.throws(read, MalformedBuffer) as never

t.test('what Windows and Exchange wrote in an SMTP log-on', { skip }, async t => {
  const negotiate = vectorBytes('MS-SMTPNTLM', 'smtpntlm-4-ntlm-1')
  const offer = parseNegotiateMessage(negotiate)
  t.same(offer, { flags: 0xe20882b7, domain: '', workstation: '' })

  const challenge = vectorBytes('MS-SMTPNTLM', 'smtpntlm-4-ntlm-2')
  const read = parseChallengeMessage(challenge)
  t.match(read, { flags: 0xe28a8235, targetName: 'EXCH-CLI-66' })
  t.equal(hexOf(read.serverChallenge), '66deeb23a52afdc7')
  t.equal(read.targetInfo.name(AvId.NbComputerName), 'EXCH-CLI-66')
  t.equal(read.targetInfo.name(AvId.DnsDomainName), 'exch-cli-66')
  t.equal(read.targetInfo.timestamp, undefined)
  t.equal(challengeFlags(offer.flags, false), read.flags, 'the flags that we would have answered with')
  const ours = Buffer.from(formatChallengeMessage(read))
  // The version is that of another Windows.
  t.equal(hexOf(ours.fill(challenge.subarray(48, 56), 48, 56)), hexOf(challenge))

  const answer = parseAuthenticateMessage(vectorBytes('MS-SMTPNTLM', 'smtpntlm-4-ntlm-5'))
  t.match(answer, { flags: 0xe2888235, domain: 'exch-cli-66', user: 'test', workstation: 'EXCH-CLI-66' })
  t.equal(hexOf(answer.ntResponse), '76470d57f04d4e5c8b4458d38791996cb4fd55997c87e3b2')
  t.equal(hexOf(answer.encryptedSessionKey), 'a754bb65a6c5850acbcdcfcb2c736c0f')
  t.same(parseAuthenticateMessage(formatAuthenticateMessage(answer)), answer)
})

t.test('recorded messages of clients and servers', { skip }, async t => {
  const counts = [0, 0, 0, 0]
  const users = new Set<string>()
  for (const { file, message } of recordedMessages()) {
    const type = messageTypeOf(message)!
    // A challenge that was made to be refused: its target info claims 65,535 bytes.
    if (file.endsWith('curl-test776.txt')) {
      malformed(() => parseChallengeMessage(message))
      continue
    }
    counts[type]++
    if (type === 1) t.ok(parseNegotiateMessage(message).flags, file)
    else if (type === 2) t.equal(parseChallengeMessage(message).serverChallenge.length, 8, file)
    else {
      const { domain, user, ntResponse } = parseAuthenticateMessage(message)
      t.ok(ntResponse.length >= 24, file)
      users.add(`${domain}\\${user}`)
    }
  }
  t.same(counts, [0, 11, 46, 30])
  t.same([...users].sort(), [
    '10.0.1.101\\Susan',
    'ADHACKING.LOCAL\\User1',
    'LOCALHOST\\sasladmin@slapd.ldap',
    'VNET3\\administrator',
    '\\me',
    '\\testuser',
    'example\\administrator',
    'mydomain\\myself'
  ])
})

t.test('flags that real servers answered with', async t => {
  t.equal(challengeFlags(0xa2088207, true), 0xa2898205, 'IIS 6 to Internet Explorer')
  t.equal(challengeFlags(0xa0880205, true), 0xa2890205, 'a domain controller to an LDAP client')
  t.equal(challengeFlags(0x60080215, false), 0x628a0215, 'Vista to smbtorture')
  t.equal(challengeFlags(0xe20882b7, false), 0xe28a8235, 'Exchange to an SMTP client')
  t.equal(challengeFlags(NegotiateFlags.NTLM, true), undefined, 'no character set is an invalid offer')
  t.equal(challengeFlags(0x00008206, true), 0x02818206, 'only an OEM set, without a session: curl')
})

t.test('a NEGOTIATE message with names, and the shortest that there is', async t => {
  const flags = NegotiateFlags.UNICODE | NegotiateFlags.OEM_DOMAIN_SUPPLIED | NegotiateFlags.OEM_WORKSTATION_SUPPLIED
  const message = formatNegotiateMessage({ flags, domain: 'DOM', workstation: 'WORK' })
  t.match(parseNegotiateMessage(message), { domain: 'DOM', workstation: 'WORK' })
  t.same(parseNegotiateMessage(bytesOf('4e544c4d53535000010000000500000000')), {
    flags: 5,
    domain: '',
    workstation: ''
  })
  malformed(() => parseNegotiateMessage(message.subarray(0, 41)))
  malformed(() => parseNegotiateMessage(message.subarray(0, 30)))
  malformed(() => parseNegotiateMessage(Buffer.concat([message, new Uint8Array(8192)])))
})

t.test('lists of AV pairs', async t => {
  t.same(readAvPairs(new Uint8Array()), [], 'no bytes, no pairs')
  t.same(readAvPairs(bytesOf('00000000ffff')), [], 'what follows the end is not looked at')
  const info = new TargetInfo([flagsPair(2), namePair(AvId.TargetName, 'HTTP/x'), flagsPair(4)])
  t.same(TargetInfo.parse(writeAvPairs(info.pairs)).pairs.length, 3)
  t.equal(info.flags, 2, 'the first of a kind counts')
  t.equal(info.channelBindings, undefined)
  t.equal(TargetInfo.parse(bytesOf(`0a001000${'00'.repeat(16)}00000000`)).channelBindings, undefined)
  t.equal(TargetInfo.parse(bytesOf(`0a001000${'01'.repeat(16)}00000000`)).channelBindings!.length, 16)
  for (const bad of ['0100', '01000200', '0100020041', '010002004100', '060003000000000000', '010003004100420000'])
    malformed(() => readAvPairs(bytesOf(bad)))
})

t.test('a message claims a MIC, and nothing else lies in its place', async t => {
  const challenge = Buffer.concat([Buffer.from([1, 1]), Buffer.alloc(26), writeAvPairs([flagsPair(2)])])
  const whole = formatAuthenticateMessage({
    ...{ flags: NegotiateFlags.UNICODE, user: 'u', domain: '', workstation: '' },
    lmResponse: new Uint8Array(24),
    ntResponse: Buffer.concat([Buffer.alloc(16), challenge]),
    encryptedSessionKey: new Uint8Array()
  })
  const mic = Buffer.alloc(16, 7)
  const signed = withMic(whole, mic)
  t.same(parseAuthenticateMessage(signed).mic, mic)
  t.same(withoutMic(signed), Uint8Array.from(whole))
  const overlapping = Buffer.from(signed)
  overlapping.writeUInt32LE(80, 12 + 4)
  malformed(() => parseAuthenticateMessage(overlapping))
})

t.test('upper case is that of Windows', async t => {
  t.equal(upperCase('Jürgen.Weiß-ÿ'), 'JÜRGEN.WEIß-Ÿ')
  t.equal(upperCase('ı ſ µ ŉ ﬁ'), 'ı ſ µ ŉ ﬁ', 'letters without a partner stay')
  t.equal(upperCase('ςσ я ա'), 'ΣΣ Я Ա')
})
