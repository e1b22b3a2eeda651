import type { KnowledgeBase } from "../../classify/knowledge/base.js";
import type { LegKnowledge, RuleSet } from "../../classify/types.js";
import type { Entry, MsrpEntry, SipEntry } from "../../model/entry.js";
import { baseType } from "./say.js";
import type { Blame, MessageContext } from "./types.js";

/** The context of a content, at the entry that makes it whole; undefined for everything else. */
export function messageContext(entry: Entry, base: KnowledgeBase, options: { rules: RuleSet }): MessageContext | undefined {
	if (entry.protocol !== "sip" && entry.protocol !== "msrp") return undefined;
	const { verdict } = entry;
	if (verdict === undefined || !isWhole(entry)) return undefined;
	const { knowledge, flags, toClient } = verdict;
	const { session } = entry.links;
	const call = base.callOf(session);
	const said = flags.includes("conference-inferred") ? "conference" : knowledge.kind;
	// A SIP MESSAGE does not pass the MSRP switch, whatever else the session holds.
	const kind = entry.protocol === "sip" && said === "conference" ? undefined : said;
	let server: LegKnowledge | undefined;
	return {
		entry,
		session,
		verdict,
		knowledge,
		get server() {
			if (server === undefined && call.twoLegs) server = call.leg("server");
			return server;
		},
		call,
		cpim: entry.cpim,
		bytes: entry.cpimBytes,
		type: baseType(entry.protocol === "sip" ? entry.sip.get("content-type") : (entry.message?.contentType ?? entry.msrp.contentType)),
		kind,
		oma: knowledge.profile === "oma" && options.rules !== "legacy",
		toClient,
		copyOf: undefined,
		author: authorOf(entry, kind, toClient),
		sender: kind === "one-to-one" || entry.protocol === "sip" ? "client" : senderOf(toClient),
	};
}

/** The last chunk, once: a chunk that comes again finds a message whose content nobody decodes any more. */
function isWhole(entry: SipEntry | MsrpEntry): boolean {
	if (entry.protocol === "sip") {
		const { sip } = entry;
		return sip.kind === "request" && sip.method === "MESSAGE" && sip.complete && sip.bodyLength > 0 && entry.links.repeats === undefined;
	}
	const { msrp, message } = entry;
	if (msrp.kind !== "request" || msrp.method !== "SEND" || msrp.bodyOffset < 0 || message?.state !== "complete") return false;
	return entry.cpim !== undefined || entry.payload !== undefined;
}

function senderOf(toClient: boolean | undefined): Blame {
	return toClient === undefined ? "?" : toClient ? "switch" : "client";
}

/** A switch passes on what participants wrote unchanged (RFC 3862 §6); its own are those whose From is the room. */
function authorOf({ verdict, protocol }: SipEntry | MsrpEntry, kind: MessageContext["kind"], toClient: boolean | undefined): Blame {
	if (kind === "one-to-one" || protocol === "sip" || toClient === false) return "client";
	switch (verdict?.origin) {
		case "system":
			return verdict.flags.includes("spoof-suspect") ? "client" : "switch";
		case "participant":
		case "anonymous":
		case "self":
		case "peer":
			return verdict.truth?.origin === "system" ? "switch" : "client";
		default:
			return senderOf(toClient);
	}
}
