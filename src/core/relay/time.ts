import type { Moment } from "../model/time.js";

/** `at` and so many seconds (not negative). */
export function later(at: Moment, seconds: number): Moment {
	const whole = Math.floor(seconds);
	const nsec = at.nsec + Math.round((seconds - whole) * 1e9);
	return nsec >= 1e9 ? { sec: at.sec + whole + 1, nsec: nsec - 1e9, packet: 0 } : { sec: at.sec + whole, nsec, packet: 0 };
}

export function isBefore(a: Moment, b: Moment): boolean {
	return a.sec < b.sec || (a.sec === b.sec && a.nsec < b.nsec);
}

/** The earlier of two moments that may be missing. */
export function earlier(a: Moment | undefined, b: Moment | undefined): Moment | undefined {
	if (a === undefined || b === undefined) return a ?? b;
	return isBefore(b, a) ? b : a;
}
