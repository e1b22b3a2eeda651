import { InvalidArgumentError } from "commander";
import { escapeTerminalLines } from "../../core/export/escape.js";
import { DIAGNOSTICS, type DiagnosticId } from "../../core/model/diagnostics/index.js";
import { compileFilter, type Filter, FilterError } from "../../core/rules/filter/index.js";
import { nearest } from "../../core/rules/filter/nearest.js";

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

/** From and to, both included. */
export type NumberRange = readonly [number, number];

/** "5,9,20-40", added to what came before. */
export function parseRanges(text: string, before: readonly NumberRange[] = []): NumberRange[] {
	const ranges = text.split(",").map((part): NumberRange => {
		const [, from, to = from] = /^\s*([1-9]\d{0,14})(?:\s*-\s*([1-9]\d{0,14}))?\s*$/.exec(part) ?? [];
		if (from === undefined || Number(to) < Number(from)) throw new InvalidArgumentError("Give numbers and ranges of them: 5,9,20-40.");
		return [Number(from), Number(to)];
	});
	return [...before, ...ranges];
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

/** A filter expression; what is wrong with it is shown below it. */
export function parseFilterOption(text: string): Filter {
	try {
		return compileFilter(text);
	} catch (error) {
		if (error instanceof FilterError) throw new InvalidArgumentError(escapeTerminalLines(error.report()));
		throw error;
	}
}
