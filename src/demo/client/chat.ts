import type { ConferenceUser } from "../../core/model/entry.js";
import { parseCpim } from "../../core/protocols/cpim/index.js";
import type { CpimMessage } from "../../core/protocols/cpim/types.js";
import type { MsrpFrame, MsrpMessage } from "../../core/protocols/msrp/types.js";
import { decodePayload } from "../../core/protocols/payload.js";
import type { MsrpSession, Sent } from "../msrp/session.js";
import type { Dialog } from "../sip/dialog.js";
import { cpim } from "../wire/cpim.js";
import type { Ids } from "../wire/ids.js";
import { IMDN, IS_COMPOSING, imdn, isComposing } from "../wire/xml.js";
import type { Changes } from "./events.js";
import { judge, type Learned, type Shown } from "./judge.js";
import type { SayOptions } from "./settings.js";

/** One message as this client got it, and what its user would see of it. */
export interface ScreenLine {
	/** of the MSRP message */
	messageId: string;
	kind: "text" | "composing" | "imdn" | "other";
	from: string | undefined;
	to: string[];
	/** text, typing state, or the status of a notification */
	text: string;
	/** to a client that compares identities */
	identities: Shown;
	/** to a client that looks for isfocus */
	isfocus: Shown;
}

/** What came back for a message of ours. */
export interface Receipt {
	messageId: string;
	imdnId: string | undefined;
	/** of the transaction */
	status: number;
	/** success REPORT */
	report: number | undefined;
	/** by who sent them */
	delivered: string[];
	displayed: string[];
}

export interface ChatContext {
	user: string;
	ids: Ids;
	changes: Changes;
	delivered: boolean;
	displayed: boolean;
	reports: boolean;
	/** subscribes to the conference package at a URI; its status */
	subscribe(uri: string, seconds: number): Promise<number>;
	/** offers the session again; its status */
	reinvite(): Promise<number>;
	/** BYE, unless the call is over */
	hangUp(): Promise<void>;
}

/** One call with its MSRP session, in a room or with another user. */
export class Chat {
	readonly screen: ScreenLine[] = [];
	readonly receipts: Receipt[] = [];
	readonly roster = new Map<string, Pick<ConferenceUser, "displayText" | "yourOwn">>();
	readonly learned: { conference: boolean; contacts: string[]; dialled: string[]; factory: string[] };
	/** the call is over */
	ended = false;
	/** NOTIFY requests so far, and the state of the subscription */
	notifications = 0;
	subscription = "";
	readonly #context: ChatContext;

	constructor(
		readonly dialog: Dialog,
		readonly session: MsrpSession,
		learned: Learned,
		context: ChatContext,
	) {
		this.learned = {
			conference: learned.conference,
			contacts: [...learned.contacts],
			dialled: [...learned.dialled],
			factory: [...learned.factory],
		};
		this.#context = context;
		session.handlers = {
			chunk: (frame, message, completed) => this.#chunk(frame, message, completed),
			bodiless: () => {},
			report: (frame) => this.#report(frame),
			nickname: () => 403,
			bound: () => context.changes.tell(),
			lost: () => context.changes.tell(),
		};
	}

	/** The MSRP connection is there. */
	connected(): Promise<true> {
		return this.until("the MSRP connection", () => (this.session.connection === undefined ? undefined : true));
	}

	/** Waits until a message was shown. */
	seen(text: string, milliseconds?: number): Promise<ScreenLine> {
		return this.until(`"${text}"`, () => this.screen.find((line) => line.kind === "text" && line.text === text), milliseconds);
	}

	until<T>(what: string, look: () => T | undefined, milliseconds?: number): Promise<T> {
		return this.#context.changes.until(`${what} at ${this.#context.user}`, look, milliseconds);
	}

	/** To all: To is what this client knows as the room (CR 7.1.3.2.1-2), or the peer of a call between two. */
	say(text: string, options: SayOptions = {}): Promise<Receipt> {
		return this.tell([this.#room()], text, options);
	}

	/** To those users only: a private message. */
	async tell(to: readonly string[], text: string, options: SayOptions = {}): Promise<Receipt> {
		const ask = options.imdn ?? ["positive-delivery", "display"];
		const imdnId = options.raw === undefined && options.bare !== true && ask.length > 0 ? this.#context.ids.token(16) : undefined;
		const content = Buffer.from(text);
		const contentType = options.contentType ?? "text/plain;charset=UTF-8";
		const octets =
			options.raw ??
			(options.bare === true
				? content
				: this.#wrap(to, contentType, content, imdnId === undefined ? undefined : { messageId: imdnId, ask }, options.from));
		const receipt: Receipt = { messageId: "", imdnId, status: 0, report: undefined, delivered: [], displayed: [] };
		receipt.messageId = this.#context.ids.token(16);
		this.receipts.push(receipt);
		if (!this.ended) await this.connected();
		const { status } = await this.session.send({
			messageId: receipt.messageId,
			contentType: options.bare === true ? contentType : "message/cpim",
			octets,
			successReport: options.successReport ?? true,
			failureReport: options.failureReport,
			chunk: options.chunk,
		});
		receipt.status = status;
		this.#context.changes.tell();
		return receipt;
	}

	/** Typing indicator to all (RFC 3994). */
	composing(state: "active" | "idle" = "active"): Promise<Sent> {
		const octets = this.#wrap([this.#room()], IS_COMPOSING, isComposing(state), undefined, undefined);
		return this.session.send({ contentType: "message/cpim", octets });
	}

	/** RFC 7701 §7; the status of the response. */
	nickname(name: string): Promise<number> {
		return this.session.nickname(name);
	}

	/** Subscribes to the conference package at the room's Contact; the status of the response. */
	subscribe(seconds = 3600): Promise<number> {
		return this.#context.subscribe(this.learned.contacts[0] ?? this.dialog.target, seconds);
	}

	reinvite(): Promise<number> {
		return this.#context.reinvite();
	}

	bye(): Promise<void> {
		return this.#context.hangUp();
	}

	/** A NOTIFY for this call (RFC 4575 §4.5, §5.3: partial states are merged). */
	notified(octets: Buffer, type: string, state: string): void {
		this.notifications++;
		this.subscription = state;
		const { payload } = decodePayload(type, new Map(), undefined, octets, 0, octets.length);
		if (payload.kind === "conference-info") {
			const { info } = payload;
			this.learned.conference = true;
			if (info.state === "full") this.roster.clear();
			for (const user of info.users) {
				if (user.state === "deleted") this.roster.delete(user.entity);
				else {
					const shown = user.displayText === undefined ? {} : { displayText: user.displayText };
					this.roster.set(user.entity, { ...shown, yourOwn: user.yourOwn });
				}
			}
		}
		this.#context.changes.tell();
	}

	/** The peer's Contact changed: the room has a new identity. */
	target(contact: string): void {
		if (this.learned.contacts[0] === contact) return;
		this.learned.contacts.unshift(contact);
		this.learned.contacts.length = Math.min(this.learned.contacts.length, 4);
	}

	/** From of own messages: the entity of the user marked yourown, else the own identity (CR 7.1.3.2.1-4). */
	get own(): string {
		for (const [entity, { yourOwn }] of this.roster) if (yourOwn) return entity;
		return this.#context.user;
	}

	#room(): string {
		if (!this.learned.conference) return this.dialog.remote.replace(/^.*<|>.*$/g, "");
		return this.learned.dialled[0] ?? this.learned.contacts[0] ?? this.dialog.target;
	}

	#wrap(
		to: readonly string[],
		contentType: string,
		content: Buffer,
		ask: { messageId: string; ask: readonly string[] } | undefined,
		from: string | undefined,
		disposition?: string,
	): Buffer {
		return cpim({ from: from ?? this.own, to, dateTime: new Date().toISOString(), imdn: ask, contentType, disposition, content });
	}

	#chunk(frame: MsrpFrame, message: MsrpMessage, completed: boolean): { status: number; answered?: () => void } {
		if (!completed) return { status: 200 };
		const success = (frame.get("success-report") ?? "no").toLowerCase() === "yes";
		const total = message.total ?? message.contiguous;
		return {
			status: 200,
			answered: () => {
				if (success && this.#context.reports) this.session.report(message.messageId, total);
				this.#show(message);
			},
		};
	}

	#show(message: MsrpMessage): void {
		const isCpim = /^\s*message\/cpim\s*(;|$)/i.test(message.contentType ?? "");
		if (!isCpim) {
			const shown = this.learned.conference ? "unwrapped" : "one-to-one";
			const text = message.content.toString("utf8");
			this.screen.push({ messageId: message.messageId, kind: "text", from: undefined, to: [], text, identities: shown, isfocus: shown });
			this.#context.changes.tell();
			return;
		}
		const parsed = parseCpim(message.content, 0, message.content.length, true);
		const from = parsed.from[0]?.uriText;
		const to = parsed.to.map(({ uriText }) => uriText);
		const { kind, text } = this.#content(parsed, message.content, from);
		this.screen.push({
			messageId: message.messageId,
			kind,
			from,
			to,
			text,
			identities: judge("identities", from, to, this.learned),
			isfocus: judge("isfocus", from, to, this.learned),
		});
		this.#notify(parsed, from, kind);
		this.#context.changes.tell();
	}

	#content(parsed: CpimMessage, octets: Buffer, from: string | undefined): Pick<ScreenLine, "kind" | "text"> {
		const type = parsed.contentType ?? "";
		const { payload } = decodePayload(
			type,
			parsed.contentTypeParams,
			parsed.contentDisposition,
			octets,
			parsed.contentStart,
			parsed.contentEnd,
		);
		if (payload.kind === "text") return { kind: "text", text: payload.text };
		if (payload.kind === "composing") return { kind: "composing", text: payload.state };
		if (payload.kind !== "imdn") return { kind: "other", text: type };
		const receipt = this.receipts.find(({ imdnId }) => imdnId === payload.messageId);
		if (receipt !== undefined && from !== undefined) {
			if (payload.notification === "delivery") receipt.delivered.push(from);
			else if (payload.notification === "display") receipt.displayed.push(from);
		}
		return { kind: "imdn", text: payload.status };
	}

	/** Answers requests for notifications (RFC 5438 §7.2.1): never for a notification, to whom the message came from. */
	#notify(parsed: CpimMessage, from: string | undefined, kind: ScreenLine["kind"]): void {
		const { messageId, dispositionNotification } = parsed.imdn;
		if (messageId === undefined || from === undefined || kind === "imdn") return;
		const asked = dispositionNotification.map((word) => word.toLowerCase());
		const send = (which: "delivery" | "display"): void => {
			const octets = imdn({ messageId, dateTime: new Date().toISOString(), recipient: this.own, kind: which });
			const id = { messageId: this.#context.ids.token(16), ask: [] };
			void this.session.send({ contentType: "message/cpim", octets: this.#wrap([from], IMDN, octets, id, undefined, "notification") });
		};
		if (this.#context.delivered && asked.includes("positive-delivery")) send("delivery");
		if (this.#context.displayed && asked.includes("display")) send("display");
	}

	#report(frame: MsrpFrame): void {
		const receipt = this.receipts.find(({ messageId }) => messageId === frame.messageId);
		if (receipt !== undefined) receipt.report = Number(/^\d+ (\d+)/.exec(frame.get("status") ?? "")?.[1] ?? 0);
		this.#context.changes.tell();
	}
}
