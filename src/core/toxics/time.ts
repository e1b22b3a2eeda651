import type { Moment } from "../model/time.js";

/** A moment in milliseconds; in this century a double tells apart some 250 ns. */
export function millisecondsOf({ sec, nsec }: Moment): number {
	return sec * 1000 + nsec / 1e6;
}

/** The first moment that is not before: what is due then is due, or a timer would be set for it again and again. */
export function momentOf(milliseconds: number): Moment {
	const sec = Math.floor(milliseconds / 1000);
	const nsec = Math.ceil((milliseconds - sec * 1000) * 1e6);
	const moment = nsec < 1e9 ? { sec, nsec, packet: 0 } : { sec: sec + 1, nsec: nsec - 1e9, packet: 0 };
	if (millisecondsOf(moment) < milliseconds) moment.nsec++;
	return moment;
}
