import type { ClauseResult, Finding } from "./types.js";

/** What one check said of one session, or of all. */
export interface CheckResult {
	/** violation, else info, else pass, else unknown, else n/a: what a reader has to know first */
	result: ClauseResult;
	counts: Record<ClauseResult, number>;
	/** the first of each result, violations first when shown */
	findings: Finding[];
}

/** By check id; a check that said nothing is missing: n/a. */
export type SessionResults = ReadonlyMap<string, CheckResult>;

const SESSIONS = 10_000;
/** Violations that are kept of one check in total, and of one session; of `info` and the rest fewer, for nobody has to act on them. */
const KEPT = { total: 10, session: 3 } as const;
const INFOS = 3;
const ORDER: readonly ClauseResult[] = ["violation", "info", "pass", "unknown", "n/a"];

/** Counts findings and keeps the first of each kind. */
export class ResultBook {
	readonly total = new Map<string, CheckResult>();
	readonly sessions = new Map<string, Map<string, CheckResult>>();

	add(check: string, finding: Finding): void {
		count(this.total, check, finding, KEPT.total);
		const { session } = finding;
		if (session === undefined) return;
		let results = this.sessions.get(session);
		if (results === undefined) {
			if (this.sessions.size >= SESSIONS) return;
			results = new Map();
			this.sessions.set(session, results);
		}
		count(results, check, finding, KEPT.session);
	}
}

function count(results: Map<string, CheckResult>, check: string, finding: Finding, kept: number): void {
	let known = results.get(check);
	if (known === undefined) {
		known = { result: "n/a", counts: { pass: 0, violation: 0, info: 0, unknown: 0, "n/a": 0 }, findings: [] };
		results.set(check, known);
	}
	known.counts[finding.result]++;
	if (ORDER.indexOf(finding.result) < ORDER.indexOf(known.result)) known.result = finding.result;
	// A pass needs no proof beyond its first: it is the others that somebody has to look at.
	const most = finding.result === "violation" ? kept : finding.result === "info" ? Math.min(INFOS, kept) : 1;
	if (known.counts[finding.result] <= most) known.findings.push(finding);
}
