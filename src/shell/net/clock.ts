import { performance } from "node:perf_hooks";
import type { Moment } from "../../core/model/time.js";

const origin = performance.timeOrigin;
const moment: Moment = { sec: 0, nsec: 0, packet: 0 };

/** The time, which never goes back. The same object every time: copy what is kept. */
export function now(): Moment {
	const milliseconds = origin + performance.now();
	moment.sec = Math.floor(milliseconds / 1000);
	moment.nsec = Math.min(999_999_999, Math.floor((milliseconds - moment.sec * 1000) * 1e6));
	return moment;
}

/** Milliseconds from now until then; not below 0. */
export function millisecondsUntil(then: Moment): number {
	const at = now();
	return Math.max(0, Math.ceil((then.sec - at.sec) * 1000 + (then.nsec - at.nsec) / 1e6));
}
