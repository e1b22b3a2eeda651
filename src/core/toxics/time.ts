import type { Moment } from "../model/time.js";

/** A moment in milliseconds; a double tells apart some 250 ns in this century, and `momentOf` gives the same number back. */
export function millisecondsOf({ sec, nsec }: Moment): number {
	return sec * 1000 + nsec / 1e6;
}

export function momentOf(milliseconds: number): Moment {
	const sec = Math.floor(milliseconds / 1000);
	const nsec = Math.round((milliseconds - sec * 1000) * 1e6);
	return nsec < 1e9 ? { sec, nsec, packet: 0 } : { sec: sec + 1, nsec: nsec - 1e9, packet: 0 };
}
