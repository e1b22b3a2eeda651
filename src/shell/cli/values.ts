import { InvalidArgumentError } from "commander";
import { DIAGNOSTICS, type DiagnosticId } from "../../core/model/diagnostics/index.js";

/** A point in time as the user wrote it: relative to the first packet, or absolute. */
export interface TimeBound {
	relative: boolean;
	sec: number;
	nsec: number;
}

/** Numbers from here on are seconds since 1970, not since the first packet: three years of capture. */
const EPOCH_FROM = 1e8;
const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})?)?$/i;

/** "12.5", "1700000000.25" or "2023-11-14T22:13:20.5Z"; a date and time without zone is UTC, as `--time absolute` prints it. */
export function parseTime(text: string): TimeBound {
	const seconds = /^(\d{1,12})(?:\.(\d{1,9}))?$/.exec(text);
	if (seconds) {
		const sec = Number(seconds[1]);
		return { relative: sec < EPOCH_FROM, sec, nsec: nanoseconds(seconds[2]) };
	}
	const iso = ISO.exec(text);
	const milliseconds = iso ? Date.parse(`${iso[1]}T${iso[2] ?? "00:00"}${iso[4]?.toUpperCase() ?? "Z"}`) : Number.NaN;
	if (!iso || Number.isNaN(milliseconds)) {
		throw new InvalidArgumentError("Give seconds since the first packet (12.5) or a date and time (2023-11-14T22:13:20Z).");
	}
	return { relative: false, sec: milliseconds / 1000, nsec: nanoseconds(iso[3]) };
}

function nanoseconds(fraction: string | undefined): number {
	return fraction === undefined ? 0 : Number(fraction.padEnd(9, "0"));
}

export function parseCount(text: string): number {
	if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError("Give a whole number from 1.");
	return Number(text);
}

/** Adds the ids that `text` names: one id, or "tcp.*" for a whole family. */
export function parseDiagnostics(text: string, before: ReadonlySet<DiagnosticId> = new Set()): Set<DiagnosticId> {
	const ids = Object.keys(DIAGNOSTICS) as DiagnosticId[];
	const found = text.endsWith(".*") ? ids.filter((id) => id.startsWith(text.slice(0, -1))) : ids.filter((id) => id === text);
	if (found.length === 0) throw new InvalidArgumentError(`There is no such diagnostic. Did you mean ${nearest(text, ids)}?`);
	return new Set([...before, ...found]);
}

export function collect(text: string, before: readonly string[] = []): string[] {
	return [...before, text];
}

/** The candidate that takes the fewest edits to reach; the first of equals. */
export function nearest(text: string, candidates: readonly string[]): string {
	let best = "";
	let least = Number.POSITIVE_INFINITY;
	for (const candidate of candidates) {
		const distance = edits(text.slice(0, 80), candidate);
		if (distance < least) {
			least = distance;
			best = candidate;
		}
	}
	return best;
}

/** Levenshtein distance. */
function edits(a: string, b: string): number {
	let above = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (let row = 1; row <= a.length; row++) {
		const current = [row];
		for (let column = 1; column <= b.length; column++) {
			const same = a[row - 1] === b[column - 1] ? 0 : 1;
			current.push(Math.min(above[column]! + 1, current[column - 1]! + 1, above[column - 1]! + same));
		}
		above = current;
	}
	return above[b.length]!;
}
