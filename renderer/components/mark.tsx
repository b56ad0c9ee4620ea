/** The sign of Kith: a stem and two leaves that meet, one for us and one for the others. */
export function Mark({ size = 28 }: { readonly size?: number }) {
  return (
    <svg aria-hidden width={size} height={size} viewBox="0 0 32 32" className="shrink-0">
      <rect x="5" y="4" width="6.4" height="24" rx="3.2" className="fill-accent" />
      <path
        d="M13.4 15.2C13.4 8.6 18 4 26.4 4c.9 0 1.6.7 1.6 1.6 0 7-4.6 11.2-13 11.2-.9 0-1.6-.7-1.6-1.6Z"
        className="fill-friend"
      />
      <path
        d="M13.4 20.2c0-.9.7-1.6 1.6-1.6 8 0 13 3 13 7.8 0 .9-.7 1.6-1.6 1.6-8.4 0-13-2.600-13-7.800Z"
        className="fill-accent"
      />
    </svg>
  )
}
