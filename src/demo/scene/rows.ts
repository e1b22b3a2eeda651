import { classLabel, classTone, divergenceTag, worstDivergence } from "../../core/export/class-label.js";
import { excerpt } from "../../core/export/content-summary.js";
import { escapeTerminal } from "../../core/export/escape.js";
import type { ClassTone } from "../../core/export/palette.js";
import type { Entry, MsrpEntry, SipEntry } from "../../core/model/entry.js";
import type { Severity } from "../../core/model/problem.js";
import { parseNameAddr } from "../../core/protocols/uri/index.js";
import { Cast } from "./cast.js";
import { USERS, type UserName } from "./script.js";

/** One line of the conversation: a message as it passed between the clients and the room, copies that are alike together. */
export interface Row {
	act: number;
	/** sent by a client; undefined: by the room */
	sender: UserName | undefined;
	readers: UserName[];
	/** "SYS"; "" for signalling */
	label: string;
	tone: ClassTone | undefined;
	/** "!DO1 DA1" */
	codes: string;
	severity: Severity | undefined;
	/** escaped */
	text: string;
	/** what the room answered when it refused the message */
	refused: string | undefined;
	/** entries that it stands for */
	entries: number[];
	order: readonly number[];
}

const TEXT = 200;

/** Collects what passes on the clients' legs into rows. The order does not depend on which client was served first. */
export class Rows {
	readonly #cast = new Cast();
	readonly #rows: Row[] = [];
	readonly #copies = new Map<string, Row>();
	/** by content: when it was seen first, and in which row */
	readonly #contents = new Map<string, number>();
	readonly #sent = new Map<number, Row>();
	/** entries of chunks of messages that are not whole yet */
	readonly #chunks = new Map<string, number[]>();
	readonly #invited = new Set<UserName>();
	#act = 0;

	act(index: number): void {
		this.#act = index;
	}

	/** One entry; only those on the legs of clients count. */
	entry(entry: Entry): void {
		const user = this.#cast.userOf(entry);
		if (user === undefined || entry.flow.leg !== "client") return;
		if (entry.protocol === "sip") this.#sip(entry, user);
		else if (entry.protocol === "msrp") this.#msrp(entry, user);
	}

	/** All rows, in the order in which they are told. */
	get(): Row[] {
		const place = ({ order, sender, readers }: Row): readonly number[] => [...order, USERS.indexOf(sender ?? readers[0]!)];
		return [...this.#rows].sort((a, b) => compare(place(a), place(b)));
	}

	/** INVITE and its answer, what subscribers are told first, BYE. */
	#sip(entry: SipEntry, user: UserName): void {
		const fromClient = entry.dir === 0;
		const text = this.#signalling(entry, user);
		if (text === undefined) return;
		const index = USERS.indexOf(user);
		this.#rows.push({
			...row(this.#act, fromClient ? user : undefined, fromClient ? [] : [user], [entry.number]),
			text: escapeTerminal(text),
			order: [this.#act, 0, index, entry.number],
		});
	}

	#signalling({ sip, payload, dir }: SipEntry, user: UserName): string | undefined {
		const contact = contactOf(sip.get("contact") ?? "");
		if (sip.method === "INVITE" && sip.kind === "request") {
			if (payload?.kind === "resource-list")
				return `INVITE ${userPart(sip.requestUri)} with ${payload.entries.map(({ uri }) => userPart(uri)).join(", ")}`;
			return `INVITE, Contact ${contact}`;
		}
		if (sip.method === "INVITE" && sip.status === 200) return dir === 1 ? `200 OK, Contact ${contact}` : "200 OK";
		if (sip.method === "NOTIFY" && sip.kind === "request" && payload?.kind === "conference-info" && !this.#invited.has(user)) {
			this.#invited.add(user);
			return `NOTIFY: ${payload.info.users.map(({ displayText, entity }) => displayText ?? entity).join(", ")} are here`;
		}
		return sip.method === "BYE" && sip.kind === "request" ? "BYE" : undefined;
	}

	#msrp(entry: MsrpEntry, user: UserName): void {
		const { msrp, links, message } = entry;
		if (msrp.kind === "response") {
			const row = msrp.status === 200 || links.answers === undefined ? undefined : this.#sent.get(links.answers);
			if (row !== undefined) row.refused = `${msrp.status} ${msrp.comment}`;
			return;
		}
		if (msrp.method === "NICKNAME") {
			this.#add(entry, user, `nickname ${msrp.get("use-nickname")}`, `nickname ${msrp.transactionId}`);
			return;
		}
		if (msrp.method === "SEND" && message?.state === "open") {
			const key = `${user} ${entry.dir} ${msrp.messageId}`;
			this.#chunks.set(key, [...(this.#chunks.get(key) ?? []), entry.number]);
			return;
		}
		if (msrp.method !== "SEND" || message?.state !== "complete" || entry.payload === undefined || entry.payload.kind === "imdn") return;
		const content = entry.cpimBytes?.toString("latin1") ?? String(entry.number);
		const chunks = message.chunkCount > 1 ? ` (${message.chunkCount} chunks)` : "";
		const { payload } = entry;
		const text = payload.kind === "text" ? excerpt(payload.text, TEXT) : payload.kind === "composing" ? "is typing" : payload.kind;
		this.#add(entry, user, `${text}${chunks}`, content);
	}

	#add(entry: MsrpEntry, user: UserName, text: string, content: string): void {
		const { verdict, dir, number } = entry;
		const headline = verdict?.headline ?? "unknown";
		const codes = verdict === undefined ? "" : divergenceTag(verdict, false);
		const sender = dir === 0 ? user : undefined;
		const key = `${sender ?? "room"} ${headline} ${codes} ${content}`;
		const numbers = [...(this.#chunks.get(`${user} ${dir} ${entry.msrp.messageId}`) ?? []), number];
		const known = this.#copies.get(key);
		if (known !== undefined) {
			known.readers.push(user);
			known.readers.sort((a, b) => USERS.indexOf(a) - USERS.indexOf(b));
			known.entries.push(...numbers);
			return;
		}
		let seen = this.#contents.get(content);
		if (seen === undefined) {
			seen = this.#contents.size;
			this.#contents.set(content, seen);
		}
		const control = entry.msrp.method === "NICKNAME";
		const added: Row = {
			...row(this.#act, sender, sender === undefined ? [user] : [], numbers),
			label: control ? "" : classLabel(headline),
			tone: control ? undefined : classTone(headline),
			codes,
			severity: verdict === undefined ? undefined : worstDivergence(verdict.divergences),
			text: escapeTerminal(text),
			order: [this.#act, 1, seen, sender === undefined ? 1 : 0],
		};
		this.#rows.push(added);
		this.#copies.set(key, added);
		if (sender !== undefined) this.#sent.set(number, added);
	}
}

function row(act: number, sender: UserName | undefined, readers: UserName[], entries: number[]): Row {
	return {
		act,
		sender,
		readers,
		label: "",
		tone: undefined,
		codes: "",
		severity: undefined,
		text: "",
		refused: undefined,
		entries,
		order: [],
	};
}

/** User part of a Contact, and whether its URI has isfocus. */
function contactOf(value: string): string {
	const { uri } = parseNameAddr(value);
	return `${uri.user ?? uri.host}${uri.params.some(({ name }) => name.toLowerCase() === "isfocus") ? ";isfocus" : ""}`;
}

function userPart(uri: string): string {
	return /^[a-z]+:([^@;?]*)/i.exec(uri)?.[1] ?? uri;
}

function compare(a: readonly number[], b: readonly number[]): number {
	for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
	return a.length - b.length;
}
