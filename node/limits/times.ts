/** A clock that steps back by less than this leaves the windows alone. */
export const graceMs = 5_000
/** How long a share holds without the grantor. */
export const shareLifetimeMs = 3 * 86_400_000
/** Slots beyond its share are good for this long after a holder last heard from the grantor. */
export const slotUseMs = 60_000
/** After this long, nothing of a silent holder runs any more: a generation lasts half an hour at most. */
export const slotLapseMs = slotUseMs + 31 * 60_000
/** A holder of another account that is silent for so long, while the grantor runs, keeps nothing idle. */
export const silenceMs = 3_600_000
/** The same for one that is connected, and does not answer when its idle parts are called back. */
export const recallLapseMs = 60_000
/** How long an exchange with the grantor may take. */
export const exchangeMs = 4_000
/** How long a holder may take to give back. */
export const recallMs = 1_000
/** How soon idle parts are given back. */
export const idleMs = 150
/** What is known of a limit from its grantor is asked for anew when it is looked at after this time. */
export const freshMs = 10_000
/** How long a plan lease may wait for its request. */
export const planLeaseLifetimeMs = 60_000
/** How far the clock of a holder may be off without its slots being given away too early. */
export const clockErrorMs = 2 * 3_600_000
