import type { Direction } from "../../src/core/model/flow.js";
import type { DiagnosticId } from "../../src/core/model/problem.js";
import { createKeyLog, type KeyLog, TlsDecoder, type TlsFacts, type TlsLimits } from "../../src/core/protocols/tls/index.js";
import type { Segment } from "./capture-segments.js";

export interface Observed {
	/** application data by direction */
	text: [string, string];
	facts: TlsFacts[];
	last: TlsFacts | undefined;
	ids: DiagnosticId[];
	details: string[];
	gaps: Direction[];
	closed: Direction[];
}

export function observer(keyLog: KeyLog, limits: TlsLimits = {}): { seen: Observed; decoder: TlsDecoder } {
	const seen: Observed = { text: ["", ""], facts: [], last: undefined, ids: [], details: [], gaps: [], closed: [] };
	const decoder = new TlsDecoder(
		keyLog,
		{
			facts: (facts) => {
				seen.facts.push(facts);
				seen.last = facts;
			},
			data: (dir, buf, start, end) => {
				seen.text[dir] += buf.toString("latin1", start, end);
			},
			gap: (dir) => seen.gaps.push(dir),
			closed: (dir) => seen.closed.push(dir),
			problem: (_dir, problem) => {
				seen.ids.push(problem.id);
				seen.details.push(problem.detail ?? "");
			},
		},
		limits,
	);
	return { seen, decoder };
}

/** Feeds all segments, each cut into pieces of at most `piece` octets. */
export function observe(segments: Segment[], keys: string | KeyLog, piece = Number.POSITIVE_INFINITY, limits: TlsLimits = {}): Observed {
	const keyLog = typeof keys === "string" ? keyLogOf(keys) : keys;
	const { seen, decoder } = observer(keyLog, limits);
	for (const { dir, data } of segments) {
		for (let at = 0; at < data.length; at += piece) {
			const lent = Buffer.from(data.subarray(at, Math.min(data.length, at + piece)));
			decoder.feed(dir, lent, 0, lent.length);
			lent.fill(0xee);
		}
	}
	decoder.end(0);
	decoder.end(1);
	return seen;
}

export function keyLogOf(text: string): ReturnType<typeof createKeyLog> {
	const keyLog = createKeyLog();
	keyLog.add(text);
	return keyLog;
}
