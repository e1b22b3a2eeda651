import { diagnostic } from "../../core/model/diagnostics/index.js";
import type { Entry } from "../../core/model/entry.js";
import type { Problem } from "../../core/model/problem.js";

/** What was seen of entries, counted by a few words each: the numbers never grow with traffic. */
export class Meters {
	/** by protocol, leg, and method or class of status */
	readonly entries = new Map<string, number>();
	/** by id and severity */
	readonly problems = new Map<string, number>();
	/** messages by class, on the leg towards whom they are for */
	readonly verdicts = new Map<string, number>();
	divergences = 0;

	entry(entry: Entry): void {
		add(this.entries, labels({ protocol: entry.protocol, leg: entry.flow.leg ?? "", kind: kindOf(entry) }));
		for (const problem of entry.problems) this.problem(problem);
		const { verdict } = entry;
		if (verdict === undefined || (entry.flow.leg === "client") !== (entry.dir === 1)) return;
		add(this.verdicts, labels({ class: verdict.headline }));
		if (verdict.divergences.length > 0) this.divergences++;
	}

	problem({ id }: Problem): void {
		add(this.problems, labels({ id, severity: diagnostic(id).severity }));
	}
}

/** Methods that are counted by name: hostile traffic can invent others. */
const METHODS = new Set(
	"INVITE ACK BYE CANCEL REGISTER OPTIONS MESSAGE SUBSCRIBE NOTIFY REFER INFO UPDATE PRACK PUBLISH SEND REPORT AUTH NICKNAME".split(" "),
);

function kindOf(entry: Entry): string {
	if (entry.protocol !== "sip" && entry.protocol !== "msrp") return "event";
	const { kind, method, status } = entry.protocol === "sip" ? entry.sip : entry.msrp;
	if (kind === "response") return status >= 100 && status < 700 ? `${Math.floor(status / 100)}xx` : "other";
	return METHODS.has(method) ? method : "other";
}

/** Labels as Prometheus writes them: {a="b",c="d"}. */
export function labels(values: Readonly<Record<string, string>>): string {
	const pairs = Object.entries(values).map(
		([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (c) => (c === "\n" ? "\\n" : `\\${c}`))}"`,
	);
	return `{${pairs.join(",")}}`;
}

function add(counts: Map<string, number>, key: string): void {
	counts.set(key, (counts.get(key) ?? 0) + 1);
}
