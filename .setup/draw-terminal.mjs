/**
 * Draws what a command printed as an SVG picture for the documentation: `FORCE_COLOR=1 command | node .setup/draw-terminal.mjs
 * 'npm start' > picture.svg`. Knows the few colour sequences that Ropewalk prints.
 */
import { readFileSync } from 'node:fs'

const CELL_WIDTH = 8.4
const LINE_HEIGHT = 20
const MARGIN = 20
const TITLE_BAR = 34
const COLORS = { 1: 'fill:#ffffff;font-weight:bold', 2: 'fill:#8b949e', 31: 'fill:#ff7b72', 32: 'fill:#7ee787', 33: 'fill:#d29922', 36: 'fill:#79c0ff' }

const command = process.argv[2] ?? ''
const lines = [`\u001b[2m$\u001b[0m ${command}`, ...readFileSync(0, 'utf8').trimEnd().split('\n')]
const escape = text => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** A line as runs of one style each. */
function runs(line) {
  const found = []
  let style = ''
  for (const part of line.split(/(\u001b\[\d+m)/)) {
    const code = /^\u001b\[(\d+)m$/.exec(part)
    if (code) style = COLORS[code[1]] ?? ''
    else if (part !== '') found.push({ style, text: part })
  }
  return found
}

const widest = Math.max(...lines.map(line => line.replace(/\u001b\[\d+m/g, '').length))
const width = Math.ceil(widest * CELL_WIDTH + MARGIN * 2)
const height = lines.length * LINE_HEIGHT + TITLE_BAR + MARGIN
const dots = ['#ff5f56', '#ffbd2e', '#27c93f'].map((fill, i) => `<circle cx="${20 + i * 20}" cy="17" r="6" fill="${fill}"/>`)
const rows = lines.map((line, index) => {
  const spans = runs(line).map(({ style, text }) => (style === '' ? escape(text) : `<tspan style="${style}">${escape(text)}</tspan>`))
  return `<text x="${MARGIN}" y="${TITLE_BAR + 16 + index * LINE_HEIGHT}" xml:space="preserve">${spans.join('')}</text>`
})

process.stdout.write(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(command)}">
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
${dots.join('\n')}
<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,monospace" font-size="14" fill="#c9d1d9">
${rows.join('\n')}
</g>
</svg>
`)
