import type { SdpMsrp } from "../../core/protocols/sdp/types.js";
import { address, contacts } from "../../core/protocols/sip/index.js";
import type { SipMessage } from "../../core/protocols/sip/types.js";
import type { MsrpSession } from "../msrp/session.js";
import { offered } from "../sip/body.js";
import { Dialog } from "../sip/dialog.js";
import type { Outcome } from "../sip/endpoint.js";
import type { ServerTransaction } from "../sip/server-transaction.js";
import { type Body, type HeaderRow, multipart } from "../wire/sip.js";
import { RESOURCE_LISTS, resourceLists } from "../wire/xml.js";
import type { Account } from "./account.js";
import { Chat } from "./chat.js";
import type { Changes } from "./events.js";
import type { ClientMedia } from "./media.js";
import type { Subscriptions } from "./subscriptions.js";

export const ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY, MESSAGE";

/** An INVITE was refused or not answered. */
export class CallError extends Error {
	constructor(
		/** 0: no answer */
		readonly status: number,
		text: string,
	) {
		super(text);
	}
}

/** INVITE dialogs of a client, those that it began and those that it was called into. */
export class Calls {
	readonly chats: Chat[] = [];
	readonly #account: Account;
	readonly #media: ClientMedia;
	readonly #subscriptions: Subscriptions;
	readonly #changes: Changes;
	readonly #incoming = new Set<Chat>();
	/** ACKs by Call-ID and CSeq: sent again when the 2xx comes again (RFC 3261 §13.2.2.4) */
	readonly #acks = new Map<string, () => void>();

	constructor(account: Account, media: ClientMedia, subscriptions: Subscriptions, changes: Changes) {
		this.#account = account;
		this.#media = media;
		this.#subscriptions = subscriptions;
		this.#changes = changes;
	}

	/** Calls that came from others, in order. */
	get incoming(): Chat[] {
		return [...this.#incoming];
	}

	/** @throws CallError */
	async call(target: string, invited: readonly string[], signal: AbortSignal | undefined): Promise<Chat> {
		const session = this.#media.session();
		const { headers, body } = this.#invitation(target, this.#media.describe(session, this.#media.offers, false), invited);
		const { response, status } = await this.#invite(target, headers, body, signal);
		if (response === undefined || status >= 300) {
			this.#media.drop(session);
			throw new CallError(status, status === 0 ? `no answer from ${target}` : `${target} refused the call: ${status} ${response?.reason}`);
		}
		const dialog = Dialog.ofResponse(response, this.#account.link, target);
		this.#acknowledge(response, dialog);
		const msrp = offered(response)?.media?.msrp;
		if (msrp === undefined) {
			this.#media.drop(session);
			await this.#account.sip.within(dialog, "BYE");
			throw new CallError(488, `${target} answered without MSRP`);
		}
		session.remotePath = msrp.path.join(" ");
		const chat = this.#open({
			dialog,
			session,
			msrp,
			message: response,
			incoming: false,
			target,
			invites: invited.length > 0,
		});
		if (msrp.setup === "active") return chat;
		try {
			await this.#media.connect(session, msrp);
		} catch (error) {
			await chat.bye();
			throw new CallError(0, `MSRP of the call to ${target}: ${(error as Error).message}`);
		}
		return chat;
	}

	/** An INVITE that begins a call. */
	async answer(transaction: ServerTransaction): Promise<void> {
		const { request, link } = transaction;
		const msrp = offered(request)?.media?.msrp;
		const { contact, options } = this.#account;
		if (msrp === undefined) {
			transaction.respond(488);
			return;
		}
		const decided = options.answer?.(address(request, "from")?.uri.text ?? "") ?? 200;
		if (typeof decided !== "number") transaction.respond(180, { headers: [["Contact", contact]] });
		const status = typeof decided === "number" ? decided : await decided;
		if (status !== 200 || transaction.status >= 200) {
			transaction.respond(status === 200 ? 487 : status);
			return;
		}
		const session = this.#media.session();
		session.remotePath = msrp.path.join(" ");
		const role = this.#media.answers(msrp.setup);
		const dialog = Dialog.ofRequest(request, link, transaction.tag);
		const chat = this.#open({ dialog, session, msrp, message: request, incoming: true, target: "", invites: false });
		transaction.onAck = () => {
			if (role === "active") void this.#media.connect(session, msrp).catch(() => chat.bye());
			this.#changes.tell();
		};
		transaction.onUnacknowledged = () => void chat.bye();
		transaction.respond(200, this.#answerOf(this.#media.describe(session, role, msrp.chatroom !== undefined)));
	}

	/** A request inside one of our calls; false when there is no such call. */
	within(transaction: ServerTransaction, key: string): boolean {
		const { request } = transaction;
		const chat = this.chats.find((one) => one.dialog.key === key && !one.ended);
		if (chat === undefined) return false;
		if (!chat.dialog.received(request)) transaction.respond(500, { reason: "CSeq too low" });
		else if (request.method === "BYE") {
			transaction.respond(200);
			this.#over(chat);
		} else if (request.method === "INVITE") this.#offeredAgain(transaction, chat);
		else if (request.method === "OPTIONS") transaction.respond(200, { headers: [["Allow", ALLOW]] });
		else transaction.respond(405, { headers: [["Allow", ALLOW]] });
		return true;
	}

	#offeredAgain(transaction: ServerTransaction, chat: Chat): void {
		const { request } = transaction;
		this.#retarget(chat, request);
		const msrp = offered(request)?.media?.msrp;
		if (msrp !== undefined) chat.session.remotePath = msrp.path.join(" ");
		const role = msrp === undefined ? this.#media.offers : this.#media.answers(msrp.setup);
		transaction.respond(200, this.#answerOf(this.#media.describe(chat.session, role, msrp?.chatroom !== undefined)));
	}

	async #reinvite(chat: Chat): Promise<number> {
		const { sip, contact } = this.#account;
		const octets = this.#media.describe(chat.session, this.#media.offers, false);
		const headers: HeaderRow[] = [
			["Contact", contact],
			["Allow", ALLOW],
		];
		const { response, status } = await sip.within(chat.dialog, "INVITE", headers, { type: "application/sdp", octets });
		if (response === undefined || status >= 300) return status;
		chat.dialog.refresh(response);
		this.#acknowledge(response, chat.dialog);
		this.#retarget(chat, response);
		return status;
	}

	/** RFC 3261 §12.2: a new Contact of a room is its new identity. */
	#retarget(chat: Chat, message: SipMessage): void {
		const contact = contacts(message)[0];
		if (contact !== undefined && chat.learned.conference) chat.target(contact.uri.text);
	}

	#answerOf(octets: Buffer): { headers: HeaderRow[]; body: Body } {
		const headers: HeaderRow[] = [
			["Contact", this.#account.contact],
			["Allow", ALLOW],
		];
		return { headers, body: { type: "application/sdp", octets } };
	}

	#invitation(target: string, sdp: Buffer, invited: readonly string[]): { headers: HeaderRow[]; body: Body } {
		const { displayName, user, ids, contact } = this.#account;
		const headers: HeaderRow[] = [
			["From", `${displayName}<${user}>;tag=${ids.token(10)}`],
			["To", `<${target}>`],
			["Call-ID", ids.token(20)],
			["Contact", contact],
			["Allow", ALLOW],
		];
		const description = { type: "application/sdp", octets: sdp };
		if (invited.length === 0) return { headers, body: description };
		headers.push(["Require", "recipient-list-invite"]);
		const list = { type: RESOURCE_LISTS, disposition: "recipient-list", octets: resourceLists(invited) };
		return { headers, body: multipart(ids.token(12), [description, list]) };
	}

	/** INVITE, with credentials when it is challenged; aborting the signal sends CANCEL as soon as that is allowed. */
	async #invite(target: string, headers: readonly HeaderRow[], body: Body, signal: AbortSignal | undefined): Promise<Outcome> {
		const first = await this.#send(target, headers, 1, [], body, signal);
		const authorization = this.#account.authorization(first, "INVITE", target);
		return authorization === undefined ? first : this.#send(target, headers, 2, [authorization], body, signal);
	}

	#send(
		target: string,
		headers: readonly HeaderRow[],
		sequence: number,
		more: readonly HeaderRow[],
		body: Body,
		signal: AbortSignal | undefined,
	): Promise<Outcome> {
		const { sip, link } = this.#account;
		return new Promise((resolve) => {
			let ringing = false;
			const cancel = (): void => {
				const kept = headers.filter(([name]) => name === "From" || name === "To" || name === "Call-ID");
				if (ringing) sip.cancel(transaction, [...kept, ["CSeq", `${sequence} CANCEL`]]);
			};
			const rows: HeaderRow[] = [...headers, ["CSeq", `${sequence} INVITE`], ...more];
			const transaction = sip.send(link, "INVITE", target, rows, body, (response) => {
				if (response !== undefined && response.status < 200) {
					ringing = true;
					if (signal?.aborted === true) cancel();
					return;
				}
				if (response !== undefined && response.status < 300) this.#acks.get(ackKey(response))?.();
				signal?.removeEventListener("abort", cancel);
				resolve({ response, status: response?.status ?? 0 });
			});
			signal?.addEventListener("abort", cancel, { once: true });
		});
	}

	#acknowledge(response: SipMessage, dialog: Dialog): void {
		const octets = this.#account.sip.acknowledge(dialog, dialog.localSeq);
		this.#acks.set(ackKey(response), () => dialog.link.send(octets));
	}

	#open(call: {
		dialog: Dialog;
		session: MsrpSession;
		msrp: SdpMsrp;
		message: SipMessage;
		incoming: boolean;
		/** what was dialled; "" when we were called */
		target: string;
		/** others were invited along: what was dialled is a factory */
		invites: boolean;
	}): Chat {
		const { dialog, session, invites, target } = call;
		const contact = contacts(call.message)[0];
		const focus = contact?.params.some(({ name }) => name.toLowerCase() === "isfocus") === true;
		const conference = focus || invites || call.msrp.chatroom !== undefined;
		const learned = {
			conference,
			contacts: conference && contact !== undefined ? [contact.uri.text] : [],
			dialled: target === "" || invites || !conference ? [] : [target],
			factory: invites ? [target] : [],
		};
		const { sip, ids, user, options } = this.#account;
		const chat: Chat = new Chat(dialog, session, learned, {
			user,
			ids,
			changes: this.#changes,
			delivered: options.delivered ?? true,
			displayed: options.displayed ?? true,
			reports: options.reports ?? true,
			subscribe: (uri, seconds) => this.#subscriptions.subscribe(chat, uri, seconds),
			reinvite: () => this.#reinvite(chat),
			hangUp: async () => {
				if (chat.ended) return;
				chat.ended = true;
				await sip.within(dialog, "BYE");
				this.#over(chat);
			},
		});
		if (call.incoming) this.#incoming.add(chat);
		this.chats.push(chat);
		this.#changes.tell();
		return chat;
	}

	#over(chat: Chat): void {
		chat.ended = true;
		this.#media.drop(chat.session);
		this.#changes.tell();
	}
}

function ackKey(response: SipMessage): string {
	return `${response.get("call-id")} ${response.get("cseq")}`;
}
