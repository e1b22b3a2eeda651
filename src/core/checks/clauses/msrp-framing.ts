import type { MsrpEntry } from "../../model/entry.js";
import type { DiagnosticId } from "../../model/problem.js";
import { FifoMap } from "../../session/bounded.js";
import { excerpt } from "./say.js";
import { type Blame, type ClauseCheck, type Finding, WAITING } from "./types.js";

interface Open {
	session: string | undefined;
	blame: Blame;
	/** the first octet was seen, so what is missing came after it */
	began: boolean;
	flow: number;
}

/** C41. Missing octets are the sender's fault only where the capture has the beginning and lost nothing. */
export const C41: ClauseCheck = {
	id: "C41",
	title: "chunks have Byte-Range, follow each other without a gap, and share one Message-ID",
	roles: ["SC", "SV"],
	level: "MUST",
	when: "message in several chunks",
	clause: "RFC 4975 §7.1.1",
	evidence: "the ranges",
	create(scope) {
		/** by entry of the last chunk */
		const open = new FifoMap<number, Open>(WAITING);
		return {
			frame(entry) {
				const { msrp, message, links, number } = entry;
				if (msrp.method !== "SEND" || message === undefined || (message.chunkCount < 2 && message.state !== "open")) return;
				const range = msrp.get("byte-range");
				const shown = range === undefined ? undefined : excerpt(`Byte-Range: ${range}`);
				const one: Open = { session: links.session, blame: blameOf(entry), began: message.chunks[0]?.start === 1, flow: entry.flow.id };
				const say = (result: Finding["result"], text: string): void =>
					scope.say({
						result,
						session: one.session,
						entries: [number],
						text,
						...(shown === undefined ? {} : { excerpt: shown }),
						blame: one.blame,
					});
				if (has(entry, "msrp.missing-byte-range")) say("violation", "a later chunk without Byte-Range");
				else if (message.state === "complete" && message.chunkCount > 1 && entry.msrp.flag === "$")
					say("pass", `${message.chunkCount} chunks without a gap`);
				else if (message.state === "open") open.set(number, one);
			},
			late(entry, { id }) {
				const one = id === "msrp.message-gap" ? open.get(entry) : undefined;
				if (one === undefined) return;
				open.delete(entry);
				const { session, blame, began, flow } = one;
				const sure = began && !scope.gapped(flow);
				const text = sure ? "octets between the chunks were never sent" : "octets are missing: not sent, or not captured";
				scope.say({ result: sure ? "violation" : "unknown", session, entries: [entry], text, blame });
			},
		};
	},
};

const WRONG: readonly [DiagnosticId, string][] = [
	["msrp.body-without-content-type", "a body without Content-Type"],
	["msrp.content-type-not-last", "a header stands after Content-Type"],
	["msrp.content-transfer-encoding", "Content-Transfer-Encoding"],
	["msrp.content-type-without-body", "MIME headers without a body"],
];

/** C42. */
export const C42: ClauseCheck = {
	id: "C42",
	title: "Content-Type is the last header, there is no transfer encoding, and no MIME header without a body",
	roles: ["SC", "SV"],
	level: "MUST",
	when: "MSRP SEND",
	clause: "RFC 4975 §7.1, §9",
	evidence: "the headers",
	create: (scope) => ({
		frame(entry) {
			const { msrp, links, number } = entry;
			if (msrp.method !== "SEND" || !msrp.complete) return;
			const wrong = WRONG.find(([id]) => has(entry, id));
			const base = { session: links.session, entries: [number], blame: blameOf(entry) };
			if (wrong === undefined) return scope.say({ ...base, result: "pass", text: "as it should be" });
			scope.say({
				...base,
				result: "violation",
				text: wrong[1],
				excerpt: excerpt(
					msrp.headers
						.slice(2)
						.map(({ name, value }) => `${name}: ${value}`)
						.join(" | "),
				),
			});
		},
	}),
};

function has(entry: MsrpEntry, wanted: DiagnosticId): boolean {
	return entry.problems.some(({ id }) => id === wanted);
}

function blameOf({ verdict }: MsrpEntry): Blame {
	if (verdict?.knowledge.kind === "one-to-one") return "client";
	return verdict?.toClient === undefined ? "?" : verdict.toClient ? "switch" : "client";
}
