import type { SipEntry } from "../../model/entry.js";
import type { Limits } from "../../model/limits.js";
import { address, identities, tag, vias } from "../../protocols/sip/index.js";
import { compareUri } from "../../protocols/uri/index.js";
import type { Uri } from "../../protocols/uri/types.js";
import { FifoMap } from "../../session/bounded.js";
import type { IdentityFact } from "../types.js";
import { CallKnowledge, type GivenFacts } from "./call.js";
import type { End } from "./hop.js";

/** Identities of one registration that are kept. */
const ASSOCIATED = 16;

/** What is known of every session. Learns from SIP; bounded by Limits.sessions. */
export class KnowledgeBase {
	readonly #calls: FifoMap<string, CallKnowledge>;
	/** From tag of the INVITE by Call-ID: tells the two ends of a dialog apart in both directions */
	readonly #callers: FifoMap<string, string>;
	/** by user and host of who registered */
	readonly #associated: FifoMap<string, IdentityFact[]>;
	readonly #given: GivenFacts;
	/** for messages of sessions that no SIP was seen of: what was given by hand is all there is */
	readonly #nobody: CallKnowledge;

	constructor(limits: Limits, given: GivenFacts) {
		this.#calls = new FifoMap(limits.sessions);
		this.#callers = new FifoMap(limits.sessions);
		this.#given = given;
		this.#associated = new FifoMap(limits.sessions);
		this.#nobody = new CallKnowledge(given, () => []);
	}

	/** The knowledge of a session; an empty one where nothing was learned. */
	callOf(session: string | undefined): CallKnowledge {
		return (session === undefined ? undefined : this.#calls.get(session)) ?? this.#nobody;
	}

	sip(entry: SipEntry): void {
		const { sip, links } = entry;
		const { method } = sip;
		if (method === "REGISTER") this.#registered(entry);
		if (links.session === undefined) return;
		switch (method) {
			case "INVITE":
			case "UPDATE":
			case "ACK":
			case "BYE":
			case "PRACK":
				this.#dialog(entry, links.session);
				break;
			case "SUBSCRIBE":
			case "NOTIFY":
				if (sip.kind === "request" && /^\s*conference\s*(;|$)/i.test(sip.get("event") ?? "")) this.#conference(entry, links.session);
				break;
			case "OPTIONS":
				// Within a dialog only: another one is nobody's session.
				if (this.#calls.get(links.session) !== undefined) this.#dialog(entry, links.session);
				break;
		}
	}

	/** P-Associated-URI of a registrar's 200: further identities of the user (RFC 7315 §4.1). */
	#registered(entry: SipEntry): void {
		const { sip } = entry;
		const user = address(sip, "to")?.uri;
		if (sip.kind !== "response" || sip.status < 200 || sip.status > 299 || user === undefined) return;
		const associated = identities(sip, "p-associated-uri").slice(0, ASSOCIATED);
		if (associated.length === 0) return;
		this.#associated.set(
			aorKey(user),
			associated.map(({ uri }) => ({ uri, provenance: "p-associated-uri", entry: entry.number, confidence: "high" })),
		);
	}

	#dialog(entry: SipEntry, session: string): void {
		const { sip } = entry;
		const fromTag = tag(sip, "from") ?? "";
		const callId = sip.get("call-id") ?? "";
		if (sip.kind === "request" && sip.method === "INVITE" && tag(sip, "to") === undefined && this.#callers.get(callId) === undefined) {
			this.#callers.set(callId, fromTag);
		}
		const caller = this.#callers.get(callId) ?? fromTag;
		// In a response From is still the requester's.
		const byCaller = fromTag === caller;
		const end: End = (sip.kind === "request") === byCaller ? 0 : 1;
		this.#call(session).message(entry, end, vias(sip).length);
	}

	#conference(entry: SipEntry, session: string): void {
		const { sip, payload } = entry;
		const user = address(sip, sip.method === "SUBSCRIBE" ? "from" : "to")?.uri;
		const call = this.#callOfUser(session, user);
		if (call === undefined) return;
		if (sip.method === "SUBSCRIBE") call.subscribed(sip.requestUri, entry.number);
		else if (payload?.kind === "conference-info") call.conference(payload.info, entry.number);
	}

	/**
	 * The session tables join a subscription to its call where the URIs tell. Behind an ALG they do not: then the
	 * user's only conference is taken, and nothing when there are several.
	 */
	#callOfUser(session: string, user: Uri | undefined): CallKnowledge | undefined {
		const joined = this.#calls.get(session);
		if (joined !== undefined) return joined;
		if (user === undefined) return undefined;
		let found: CallKnowledge | undefined;
		for (const call of this.#calls.values()) {
			if (!call.isConference || !call.ownIdentities().some((own) => compareUri(own.uri, user, "aor").equal)) continue;
			if (found !== undefined) return undefined;
			found = call;
		}
		return found;
	}

	#call(session: string): CallKnowledge {
		let call = this.#calls.get(session);
		if (call === undefined) {
			call = new CallKnowledge(this.#given, (user) => this.#associated.get(aorKey(user)) ?? []);
			this.#calls.set(session, call);
		}
		return call;
	}
}

function aorKey({ user, host }: Uri): string {
	return `${user ?? ""}@${host.toLowerCase()}`;
}
