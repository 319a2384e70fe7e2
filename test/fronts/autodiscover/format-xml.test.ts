import { SaxesParser } from 'saxes'
import { test } from 'tap'
import { element, escapeXml, formatXml } from '../../../src/fronts/autodiscover/format-xml.js'

test('text in XML', async t => {
  t.equal(escapeXml(`<a b="c">&'\r\n\u0001\ud800😀`), `&lt;a b=&quot;c&quot;&gt;&amp;'&#13;\n\ufffd\ufffd😀`)
  const awkward: [text: string, read: string][] = [
    ['<&>"\'', '<&>"\''],
    [']]><![CDATA[', ']]><![CDATA['],
    ['<!-- --><?pi?>&amp;&#0;', '<!-- --><?pi?>&amp;&#0;'],
    ['𐐷😀', '𐐷😀'],
    ['half \ud83d of it', 'half \ufffd of it'],
    ['a\u0000b\u000bc\ufffed', 'a\ufffdb\ufffdc\ufffdd'],
    ['next\u0085line\u2028\r\ttab', 'next\u0085line\u2028\r\ttab']
  ]
  for (const [text, expected] of awkward) {
    let read = ''
    let attribute: unknown
    const parser = new SaxesParser()
    parser.on('text', piece => {
      read += piece
    })
    parser.on('opentag', ({ name, attributes }) => {
      read = ''
      if (name === 'b') attribute = attributes.c
    })
    parser.on('closetag', ({ name }) => {
      if (name === 'b') t.equal(read, expected)
    })
    const document = formatXml(element('a', [undefined, element('b', text, { c: text }), element('d', '')]))
    parser.write(document.toString('utf8')).close()
    t.equal(attribute, expected.replace('\t', ' '), 'in an attribute, whose white space readers make one')
    t.match(document.toString(), /<d \/>/)
  }
})
