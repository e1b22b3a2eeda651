/**
 * A point in capture time. Two integers because nanoseconds since 1970 do not fit a double.
 * Objects of this shape handed to callbacks are reused: copy the fields that you keep.
 */
export interface Moment {
	/** whole seconds since 1970-01-01T00:00:00Z */
	sec: number;
	/** nanoseconds within the second, 0..999_999_999 */
	nsec: number;
	/** 1-based number of the packet that brought the octets; 0 for live traffic */
	packet: number;
}

/** Seconds as a double, for differences and time-outs only (about 0.2 us exact). */
export function seconds(at: Moment): number {
	return at.sec + at.nsec / 1e9;
}

export function copyMoment(at: Moment): Moment {
	return { sec: at.sec, nsec: at.nsec, packet: at.packet };
}

/** "1700000000.000000001": exact, all nine digits. */
export function formatEpoch(at: Pick<Moment, "sec" | "nsec">): string {
	return `${at.sec}.${String(at.nsec).padStart(9, "0")}`;
}
