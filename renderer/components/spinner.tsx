import { LoaderCircle } from 'lucide-react'

/** A quiet sign of work; the text beside it says which. */
export function Spinner({ size = 16 }: { readonly size?: number }) {
  return <LoaderCircle aria-hidden size={size} className="turn shrink-0" />
}
