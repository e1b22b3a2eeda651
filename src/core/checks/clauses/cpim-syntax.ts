import type { DiagnosticId, Problem } from "../../model/problem.js";
import type { CpimMessage } from "../../protocols/cpim/types.js";
import { about, addressLines, cpimLine, excerpt } from "./say.js";
import type { ClauseCheck, ClauseInfo, MessageContext } from "./types.js";

/** A check whose evidence is a finding of the CPIM parser. */
interface Syntax extends Pick<ClauseInfo, "id" | "title" | "level" | "clause" | "evidence"> {
	when?: string;
	/** undefined: the precondition is false */
	applies?(cpim: CpimMessage): boolean;
	/** the finding that breaks the clause */
	ids: readonly DiagnosticId[];
	not?(problem: Problem, cpim: CpimMessage): boolean;
	passes: string;
}

function syntax({ applies, ids, not, passes, when = "message/cpim", ...info }: Syntax): ClauseCheck {
	const wanted = new Set(ids);
	return {
		...info,
		roles: ["SC", "SV"],
		when,
		create: (scope) => ({
			message(context) {
				const { cpim, bytes } = context;
				if (cpim === undefined || applies?.(cpim) === false) return;
				const problem = cpim.problems.find((one) => wanted.has(one.id) && not?.(one, cpim) !== true);
				if (problem === undefined) return scope.say(about(context, "pass", passes, { blame: context.author }));
				const text = `${problem.id}${problem.detail === undefined ? "" : `: ${problem.detail}`}`;
				scope.say(about(context, "violation", text, { excerpt: cpimLine(bytes, problem), blame: context.author }));
			},
		}),
	};
}

/** C25. An address that is there but broken is C31. */
export const C25: ClauseCheck = {
	id: "C25",
	title: "CPIM has From and To",
	roles: ["SC", "SV"],
	level: "MUST",
	when: "message/cpim",
	clause: "RFC 4975 §13",
	evidence: "the headers",
	create: (scope) => ({
		message(context) {
			const { cpim } = context;
			if (cpim === undefined) return;
			const missing = [...(cpim.from.length === 0 ? ["From"] : []), ...(cpim.to.length === 0 ? ["To"] : [])];
			const more = { excerpt: headers(context), blame: context.author };
			if (missing.length === 0) scope.say(about(context, "pass", "both are there", { blame: context.author }));
			else scope.say(about(context, "violation", `no ${missing.join(" and no ")}`, more));
		},
	}),
};

function headers({ cpim }: MessageContext): string {
	return excerpt((cpim?.headers ?? []).map(({ name, raw }) => `${name}: ${raw}`).join(" | "));
}

export const C26 = syntax({
	id: "C26",
	title: "From, DateTime and Require stand there once",
	level: "MUST NOT",
	clause: "RFC 4975 §13",
	evidence: "the second header",
	ids: ["cpim.duplicate-header"],
	passes: "none repeats",
});

/**
 * Lines of the MIME part that end with LF alone break RFC 2045, not RFC 3862: `cpim.bare-lf` tells of them, this check does not.
 * RFC 4975 §13 itself writes "CC": that spelling is no fault of who reads it there (P10).
 */
export const C27 = syntax({
	id: "C27",
	title: "CPIM headers follow the syntax: spelling, one space, no folding, CRLF, UTF-8, escapes",
	level: "MUST",
	clause: "RFC 3862 §2.2, §2.3",
	evidence: "the octets",
	ids: [
		"cpim.header-case",
		"cpim.header-spacing",
		"cpim.folded-header",
		"cpim.bad-escape",
		"cpim.malformed-header",
		"cpim.bare-lf",
		"cpim.invalid-utf8",
	],
	not: ({ id, detail, offset }, { headers }) =>
		(id === "cpim.header-case" && /^cc,/i.test(detail ?? "")) || (id === "cpim.bare-lf" && offset > (headers.at(-1)?.end ?? 0) + 1),
	passes: "well formed",
});

export const C28 = syntax({
	id: "C28",
	title: "an empty line ends the CPIM headers",
	level: "MUST",
	clause: "RFC 3862 §2",
	evidence: "the octets where it is missing",
	ids: ["cpim.missing-blank-line"],
	passes: "it is there",
});

export const C29 = syntax({
	id: "C29",
	title: "the part inside CPIM has a Content-Type",
	level: "MUST",
	clause: "RFC 3862 §2.4",
	evidence: "the MIME headers",
	ids: ["cpim.missing-content-type"],
	passes: "it is there",
});

export const C30 = syntax({
	id: "C30",
	title: "the prefix of a header is declared before it",
	level: "MUST",
	when: "a CPIM header with a prefix",
	clause: "RFC 3862 §3.4",
	evidence: "the header and the NS lines",
	applies: (cpim) => cpim.headers.some(({ name }) => name.includes(".")),
	ids: ["cpim.undeclared-namespace"],
	passes: "declared",
});

/** C31. */
export const C31: ClauseCheck = {
	id: "C31",
	title: "From, To and cc are a formal name, a URI in angle brackets, and the line's end",
	roles: ["SC", "SV"],
	level: "MUST",
	when: "message/cpim with an address",
	clause: "RFC 3862 §4",
	evidence: "the header line",
	create: (scope) => ({
		message(context) {
			const { cpim } = context;
			const addresses = cpim === undefined ? [] : [...cpim.from, ...cpim.to, ...cpim.cc];
			if (addresses.length === 0) return;
			const wrong = addresses.filter(({ faults }) => faults.length > 0);
			const faults = [...new Set(wrong.flatMap((address) => address.faults))].join(", ");
			if (wrong.length === 0) scope.say(about(context, "pass", "well formed", { blame: context.author }));
			else scope.say(about(context, "violation", faults, { excerpt: addressLines(wrong), blame: context.author }));
		},
	}),
};
