import { event, tag } from "../../core/protocols/sip/index.js";
import { bodyParts } from "../sip/body.js";
import { Dialog } from "../sip/dialog.js";
import type { ServerTransaction } from "../sip/server-transaction.js";
import type { HeaderRow } from "../wire/sip.js";
import { CONFERENCE_INFO } from "../wire/xml.js";
import type { Account } from "./account.js";
import type { Chat } from "./chat.js";

interface Subscription {
	callId: string;
	tag: string;
	dialog: Dialog | undefined;
}

/** Subscriptions to the conference package, one a chat (RFC 4575, RFC 6665). */
export class Subscriptions {
	readonly #account: Account;
	readonly #known = new Map<Chat, Subscription>();

	constructor(account: Account) {
		this.#account = account;
	}

	/** Subscribes, or refreshes; 0 seconds ends it. The status of the response. */
	async subscribe(chat: Chat, uri: string, seconds: number): Promise<number> {
		const { ids, sip, link, contact, user } = this.#account;
		const headers: HeaderRow[] = [
			["Contact", contact],
			["Event", "conference"],
			["Accept", CONFERENCE_INFO],
			["Expires", String(seconds)],
		];
		const known = this.#known.get(chat);
		if (known?.dialog !== undefined) return (await sip.within(known.dialog, "SUBSCRIBE", headers)).status;
		const subscription: Subscription = { callId: ids.token(20), tag: ids.token(10), dialog: undefined };
		this.#known.set(chat, subscription);
		const { response, status } = await sip.ask(link, "SUBSCRIBE", uri, [
			["From", `<${user}>;tag=${subscription.tag}`],
			["To", `<${uri}>`],
			["Call-ID", subscription.callId],
			["CSeq", "1 SUBSCRIBE"],
			...headers,
		]);
		if (response !== undefined && status < 300) subscription.dialog = Dialog.ofResponse(response, link, uri);
		else this.#known.delete(chat);
		return status;
	}

	/** A NOTIFY, which may come before the 200 to SUBSCRIBE: its Call-ID and our tag tell (RFC 6665 §4.1.3). */
	notified(transaction: ServerTransaction): void {
		const { request } = transaction;
		const found = [...this.#known].find(([, { callId, tag: own }]) => callId === request.get("call-id") && own === tag(request, "to"));
		if (found === undefined || event(request)?.package !== "conference") {
			transaction.respond(found === undefined ? 481 : 489);
			return;
		}
		transaction.respond(200);
		const [part] = bodyParts(request);
		found[0].notified(part?.octets ?? Buffer.alloc(0), part?.type ?? "", request.get("subscription-state") ?? "");
	}
}
