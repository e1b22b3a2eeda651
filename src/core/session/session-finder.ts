import type { SipEntry } from "../model/entry.js";
import { parseUri } from "../protocols/uri/index.js";
import { FifoMap } from "./bounded.js";
import type { ContactFacts } from "./contact.js";
import type { Session, SessionStore } from "./sessions.js";
import type { SipFacts } from "./sip-facts.js";
import { identityKey } from "./sip-uri.js";
import { owned, uriOf } from "./text.js";
import type { SessionKind } from "./types.js";

const KINDS: Record<string, SessionKind> = {
	INVITE: "call",
	ACK: "call",
	BYE: "call",
	CANCEL: "call",
	PRACK: "call",
	UPDATE: "call",
	INFO: "call",
	SUBSCRIBE: "subscription",
	NOTIFY: "subscription",
	REFER: "subscription",
	REGISTER: "registration",
	MESSAGE: "message",
	OPTIONS: "options",
	PUBLISH: "publication",
};

/** Calls that a conference subscription can still join: more are not open at once, or not worth the memory. */
const CONFERENCES = 20_000;

/**
 * Which session a new Call-ID belongs to. One session a Call-ID, with two exceptions:
 *
 * - Page-mode MESSAGEs (RFC 3428, no To tag) between the same two identities are one chat, in both directions.
 * - A subscription to the conference package (RFC 4575) joins the call of the same user whose focus it names: the URI
 *   subscribed to (Request-URI, To, or the entity of the document) is the focus' Contact in that call, or what
 *   the user dialled, or from where the focus called; and that call has not ended. Otherwise it stays by itself.
 */
export class SessionFinder {
	readonly #store: SessionStore;
	/** page-mode chats by their two identities */
	readonly #chats: FifoMap<string, Session>;
	/** calls by focus and user */
	readonly #conferences: FifoMap<string, Session>;

	constructor(store: SessionStore, limit: number) {
		this.#store = store;
		this.#chats = new FifoMap(limit);
		this.#conferences = new FifoMap(Math.min(limit, CONFERENCES));
	}

	find(facts: SipFacts, fromStart: boolean): Session {
		const { entry, method } = facts;
		const from = uriOf(entry.sip.get("from") ?? "");
		const to = uriOf(entry.sip.get("to") ?? "");
		const kind = KINDS[method] ?? "other";
		const session = this.#known(facts, from, to) ?? this.#store.open(kind, entry, fromStart);
		session.participant(from);
		session.participant(to);
		return session;
	}

	#known(facts: SipFacts, from: string, to: string): Session | undefined {
		const { entry, method } = facts;
		if (method === "MESSAGE" && (facts.toTag === "" || entry.sip.kind === "response")) {
			const key = pair(identity(from), identity(to));
			const known = this.#chats.get(key);
			if (known !== undefined && this.#store.get(known.id) === known) return known;
			const session = this.#store.open("message", entry, entry.sip.kind === "request");
			this.#chats.set(key, session);
			return session;
		}
		if ((method !== "SUBSCRIBE" && method !== "NOTIFY") || !/^\s*conference\s*(;|$)/i.test(entry.sip.get("event") ?? "")) return undefined;
		const request = entry.sip.kind === "request";
		const fromUser = method === "SUBSCRIBE";
		const user = identity(fromUser ? from : to);
		const named = [fromUser ? to : from];
		if (request && fromUser) named.unshift(entry.sip.requestUri);
		if (entry.payload?.kind === "conference-info") named.push(entry.payload.info.entity);
		for (const uri of named) {
			const session = this.#conferences.get(`${identity(uri)} ${user}`);
			if (session !== undefined && !session.ended && this.#store.get(session.id) === session) return session;
		}
		return undefined;
	}

	/** An INVITE outside a dialog: what was dialled may turn out to be a conference. */
	dialled(session: Session, entry: SipEntry): void {
		if (session.kind !== "call") session.kind = "call";
		const user = identity(uriOf(entry.sip.get("from") ?? ""));
		this.#conference(entry.sip.requestUri, user, session);
		this.#conference(uriOf(entry.sip.get("to") ?? ""), user, session);
	}

	/** The sender of this message says that it is a focus (RFC 4579 §4.2). */
	focus(session: Session, contact: ContactFacts, entry: SipEntry): void {
		session.addFocus({ uri: contact.uriText, entry: entry.number, from: entry.from.address, to: entry.to.address });
		const request = entry.sip.kind === "request";
		const from = uriOf(entry.sip.get("from") ?? "");
		const to = uriOf(entry.sip.get("to") ?? "");
		const user = identity(request ? to : from);
		this.#conference(contact.uriText, user, session);
		this.#conference(request ? from : to, user, session);
	}

	#conference(uri: string, user: string, session: Session): void {
		this.#conferences.set(`${identity(uri)} ${user}`, session);
	}
}

function identity(uri: string): string {
	return identityKey(parseUri(owned(uri)));
}

function pair(a: string, b: string): string {
	return a < b ? `${a} ${b}` : `${b} ${a}`;
}
