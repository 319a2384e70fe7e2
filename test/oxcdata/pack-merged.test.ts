import t from 'tap'
import { PackedProperties, packMerged, packProperties } from '../../src/oxcdata/packed-properties.js'
import { PropertyBag } from '../../src/oxcdata/property-bag.js'

/** Bags of every small shape: which of eight ids are in the record, which in what is laid over it. */
t.test('merging is setting and packing', async t => {
  const value = (id: number, by: number) => new Uint8Array((id * by) % 60).fill(id + by)
  for (let shape = 0; shape < 1 << 12; shape += 7) {
    const base = new PropertyBag()
    const over: { id: number; type: number; bytes: Uint8Array }[] = []
    for (let i = 0; i < 6; i++) if (shape & (1 << i)) base.put(0x10 + i * 3, 0x0102, value(i + 1, 5))
    for (let i = 0; i < 6; i++)
      if (shape & (64 << i)) over.push({ id: 0x10 + i * 2, type: 0x0003, bytes: value(i + 1, 7) })
    const expected = base.clone()
    for (const { id, type, bytes } of over) expected.put(id, type, bytes)
    const merged = packMerged(new PackedProperties(packProperties(base)), over, 5)
    t.same(Buffer.from(merged.subarray(5)), Buffer.from(packProperties(expected)), `shape ${shape}`)
  }
})
