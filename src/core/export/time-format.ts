import { formatEpoch, type Moment } from "../model/time.js";

/** How the time column is written: seconds since the first packet, UTC date and time, seconds since the line above, seconds since 1970. */
export type TimeFormat = "relative" | "absolute" | "delta" | "epoch";
export const TIME_FORMATS: readonly TimeFormat[] = ["relative", "absolute", "delta", "epoch"];

type Instant = Pick<Moment, "sec" | "nsec">;

/** `later - earlier` in seconds with six digits, rounded towards zero; negative when the capture's clock went back. */
export function formatDifference(later: Instant, earlier: Instant): string {
	let sec = later.sec - earlier.sec;
	let nsec = later.nsec - earlier.nsec;
	const negative = sec < 0 || (sec === 0 && nsec < 0);
	if (negative) {
		sec = -sec;
		nsec = -nsec;
	}
	if (nsec < 0) {
		sec -= 1;
		nsec += 1e9;
	}
	return `${negative ? "-" : ""}${sec}.${digits(Math.floor(nsec / 1000), 6)}`;
}

/** "2023-11-14T22:13:20.000000Z"; seconds that no calendar holds are written as epoch. */
export function formatAbsolute(at: Instant): string {
	const milliseconds = at.sec * 1000;
	if (!(Math.abs(milliseconds) <= 8.64e15)) return formatEpoch(at);
	return `${new Date(milliseconds).toISOString().slice(0, -5)}.${digits(Math.floor(at.nsec / 1000), 6)}Z`;
}

export function formatTime(format: TimeFormat, at: Instant, zero: Instant, previous: Instant): string {
	switch (format) {
		case "relative":
			return formatDifference(at, zero);
		case "delta":
			return formatDifference(at, previous);
		case "absolute":
			return formatAbsolute(at);
		case "epoch":
			return formatEpoch(at);
	}
}

/** Columns that the times of a format normally take. */
export function timeWidth(format: TimeFormat): number {
	return format === "absolute" ? 27 : format === "epoch" ? 20 : 11;
}

function digits(value: number, count: number): string {
	return String(value).padStart(count, "0");
}
