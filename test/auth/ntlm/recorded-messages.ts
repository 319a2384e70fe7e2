import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const FOLDER = join(process.cwd(), '..', 'shared', 'captures', '04-ntlm-kerberos')
const SIGNATURE = Buffer.from('NTLMSSP\0', 'latin1')

/** NTLM messages that others sent, in their order: those in HTTP headers, and those that stand in a frame as they are. */
export function recordedMessages(): { file: string; message: Buffer }[] {
  const captures = readdirSync(FOLDER).filter(name => name.endsWith('.pcap'))
  const scripts = readdirSync(join(FOLDER, 'curl')).map(name => join('curl', name))
  return [
    ...captures.flatMap(file => framesOf(readFileSync(join(FOLDER, file))).flatMap(frame => tagged(file, frame))),
    ...scripts.flatMap(file => tagged(file, readFileSync(join(FOLDER, file))))
  ]
}

function tagged(file: string, bytes: Buffer): { file: string; message: Buffer }[] {
  const inHeaders = bytes
    .toString('latin1')
    .matchAll(
      /^(?:WWW-Authenticate|Proxy-Authenticate|Authorization|Proxy-Authorization): \w+ ([A-Za-z0-9+/]{16,}=*)/gim
    )
  const messages = [...inHeaders].map(([, text]) => Buffer.from(text, 'base64'))
  // In SPNEGO, SMB and LDAP the message ends somewhere before the end of what is around it.
  return [bytes, ...messages].flatMap(around => {
    const at = around.indexOf(SIGNATURE)
    return at < 0 ? [] : [{ file, message: around.subarray(at) }]
  })
}

/** The frames of a capture file in the classic format, of either byte order. */
function framesOf(capture: Buffer): Buffer[] {
  const isLittle = capture.readUInt32LE(0) === 0xa1b2c3d4
  const frames: Buffer[] = []
  for (let at = 24; at < capture.length; ) {
    const size = isLittle ? capture.readUInt32LE(at + 8) : capture.readUInt32BE(at + 8)
    frames.push(capture.subarray(at + 16, at + 16 + size))
    at += 16 + size
  }
  return frames
}
