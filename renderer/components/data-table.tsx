import type { ReactNode } from 'react'

export interface Column<R> {
  readonly name: string
  readonly cell: (row: R) => ReactNode
  readonly isNumber?: boolean
}

interface DataTableProps<R> {
  /** Names the table, and the region it scrolls in. */
  readonly label: string
  readonly columns: readonly Column<R>[]
  readonly rows: readonly R[]
  readonly rowKey: (row: R) => string
}

/** Numbers as a table: the first column heads each row, and a wide table scrolls in its own frame. */
export function DataTable<R>({ label, columns, rows, rowKey }: DataTableProps<R>) {
  return (
    <div
      role="region"
      tabIndex={0}
      aria-label={label}
      className="forced-edge max-h-80 overflow-auto rounded-control border border-line"
    >
      <table className="w-full border-separate border-spacing-0 text-small">
        <thead>
          <tr>
            {/* By place: two people, or two keys, may have the same name. */}
            {columns.map((column, place) => (
              <th
                key={place}
                scope="col"
                className={`sticky top-0 max-w-48 border-b border-line bg-sunken px-3 py-2 align-bottom font-medium ${column.isNumber === true ? 'text-end' : 'text-start'}`}
              >
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column, place) =>
                place === 0 ? (
                  <th
                    key={place}
                    scope="row"
                    className="border-b border-line/60 px-3 py-1.5 text-start font-normal whitespace-nowrap text-ink-soft"
                  >
                    {column.cell(row)}
                  </th>
                ) : (
                  <td
                    key={place}
                    className={`border-b border-line/60 px-3 py-1.5 ${column.isNumber === true ? 'text-end tabular-nums' : 'text-start'}`}
                  >
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
