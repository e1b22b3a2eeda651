import { fitLine, type Ground, type Line, type Span, span } from "../draw/cells.js";
import type { ActionName } from "../keys/actions.js";
import type { Key } from "../state/state.js";

/** A stretch of a line that does something when it is clicked. */
export interface Zone {
	readonly from: number;
	readonly to: number;
	readonly action: ActionName;
	readonly argument?: string;
}

/** One line of the screen, exactly as wide as it has to be, and what a click on it means. */
export interface Drawn {
	readonly line: Line;
	readonly key?: Key;
	readonly zones?: readonly Zone[];
}

export function drawn(line: Line, width: number, ground: Ground = "plain", key?: Key): Drawn {
	const fitted = fitLine(line, width, ground);
	return key === undefined ? { line: fitted } : { line: fitted, key };
}

/** As many lines as are needed, the rest empty. */
export function filled(lines: readonly Drawn[], width: number, height: number): Drawn[] {
	const out = lines.slice(0, height);
	while (out.length < height) out.push(drawn([], width));
	return out;
}

/** "── title ─────" */
export function rule(title: readonly Span[], width: number): Drawn {
	if (title.length === 0) return drawn([span("─".repeat(width), "border")], width);
	const head = [span("── ", "border"), ...title, span(" ", "border")];
	const used = head.reduce((sum, { text }) => sum + text.length, 0);
	return drawn([...head, span("─".repeat(Math.max(0, width - used)), "border")], width);
}

/** Two columns of lines with a line between them. Clicks keep their meaning: zones of the right side are moved. */
export function sideBySide(left: readonly Drawn[], leftWidth: number, right: readonly Drawn[]): Drawn[] {
	return left.map((one, at) => {
		const other = right[at];
		if (other === undefined) return one;
		const zones = [
			...(one.zones ?? []),
			...(other.zones ?? []).map((zone) => ({ ...zone, from: zone.from + leftWidth + 1, to: zone.to + leftWidth + 1 })),
		];
		return {
			line: [...one.line, span("│", "border"), ...other.line],
			...(one.key === undefined ? {} : { key: one.key }),
			...(zones.length === 0 ? {} : { zones }),
		};
	});
}

/** The thumb of a scroll bar for one row of a window, as a span one column wide; empty where all fits. */
export function thumb(row: number, top: number, total: number, height: number, ground: Ground = "plain"): Span[] {
	if (total <= height || height < 3) return [];
	const size = Math.max(1, Math.round((height * height) / total));
	const start = Math.round((top / Math.max(1, total - height)) * (height - size));
	const on = row >= start && row < start + size;
	return [span(on ? "┃" : "│", on ? "dim" : "border", ground)];
}
