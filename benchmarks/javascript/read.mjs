// Rows and columns of each table as hyparquet reads them, all values of all its files; a JSON object of paths by table in.
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'

const found = {}
for (const [table, paths] of Object.entries(JSON.parse(process.argv[2]))) {
  found[table] = { rows: 0, columns: [] }
  for (const path of paths) {
    const file = await asyncBufferFromFile(path)
    const { schema } = await parquetMetadataAsync(file)
    const rows = await parquetReadObjects({ file, compressors })
    const columns = rows.length ? Object.keys(rows[0]) : topLevel(schema)
    found[table] = { rows: found[table].rows + rows.length, columns }
  }
}
console.log(JSON.stringify(found))

/** The names of the columns, from a schema told depth first. */
function topLevel(schema) {
  let place = 1
  const names = []
  while (place < schema.length) {
    names.push(schema[place].name)
    place = after(schema, place)
  }
  return names
}

function after(schema, place) {
  let next = place + 1
  for (let child = 0; child < (schema[place].num_children ?? 0); child++) next = after(schema, next)
  return next
}
