import { parseCpim } from "../../core/protocols/cpim/index.js";
import type { CpimMessage } from "../../core/protocols/cpim/types.js";
import type { MsrpFrame, MsrpMessage } from "../../core/protocols/msrp/types.js";
import { compareUri } from "../../core/protocols/uri/index.js";
import { cpim } from "../wire/cpim.js";
import type { Participant } from "./participant.js";
import type { FocusBehaviour } from "./settings.js";

/** What the switch has to know of its room. */
export interface SwitchRoom {
	/** URIs that mean "all": session identity and, for a pre-defined group, its identity */
	identities: readonly string[];
	/** From of what the room itself says */
	self: string;
	participants(): readonly Participant[];
}

interface Decision {
	status: number;
	to: readonly Participant[];
}

/** A message on its way through, chunk by chunk. */
interface Passing {
	decision: Decision | undefined;
	/** octets already sent on */
	sent: number;
	copies: { to: Participant; messageId: string }[];
}

/** The MSRP switch of one room (RFC 7701 §6, OMA SIMPLE IM user plane). */
export class MsrpSwitch {
	readonly #behaviour: FocusBehaviour;
	readonly #room: SwitchRoom;
	readonly #passing = new WeakMap<MsrpMessage, Passing>();

	constructor(behaviour: FocusBehaviour, room: SwitchRoom) {
		this.#behaviour = behaviour;
		this.#room = room;
	}

	/** A chunk of a participant's message: what to answer, and what happens after the answer. */
	chunk(sender: Participant, frame: MsrpFrame, message: MsrpMessage, completed: boolean): { status: number; answered?: () => void } {
		const passing = this.#passing.get(message) ?? { decision: undefined, sent: 0, copies: [] };
		this.#passing.set(message, passing);
		passing.decision ??= this.#decide(sender, message, completed);
		const { decision } = passing;
		if (decision === undefined) return { status: 200 };
		if (decision.status !== 200) return { status: decision.status };
		if (completed && message.truncated && this.#behaviour.forward === "whole") return { status: 413 };
		const success = (frame.get("success-report") ?? "no").toLowerCase() === "yes";
		const piece = this.#behaviour.forward === "chunks" ? pieceOf(frame, message, passing) : undefined;
		const { messageId } = message;
		const total = message.total;
		return {
			status: 200,
			answered: () => {
				if (piece !== undefined) this.#pass(passing, message, piece, success, frame.flag);
				else if (completed) this.#copy(decision.to, message, success);
				if (completed && success && this.#behaviour.reports) sender.session.report(messageId, total ?? message.contiguous);
			},
		};
	}

	/** What the room says, to all or to one participant. */
	say(text: string, to?: Participant): void {
		if (!this.#behaviour.systemMessages) return;
		const [all] = this.#room.identities;
		const octets = cpim({
			from: this.#room.self,
			to: [to === undefined ? (all ?? this.#room.self) : to.user],
			dateTime: new Date().toISOString(),
			contentType: "text/plain;charset=UTF-8",
			content: Buffer.from(text),
		});
		for (const participant of to === undefined ? this.#room.participants() : [to])
			participant.deliver({ contentType: "message/cpim", octets });
	}

	/** undefined: the octets so far do not tell (C06, C08, C25, C32, C33, C44). */
	#decide(sender: Participant, message: MsrpMessage, completed: boolean): Decision | undefined {
		const others = this.#room.participants().filter((participant) => participant !== sender || this.#behaviour.echo);
		if (!/^\s*message\/cpim\s*(;|$)/i.test(message.contentType ?? ""))
			return this.#behaviour.unwrapped ? { status: 200, to: others } : { status: 415, to: [] };
		const parsed = parseCpim(message.content, 0, message.content.length, completed);
		if (!parsed.headersComplete) return completed ? { status: 400, to: [] } : undefined;
		return this.#address(sender, parsed, others);
	}

	#address(sender: Participant, parsed: CpimMessage, others: readonly Participant[]): Decision {
		const from = parsed.from[0]?.uriText;
		if (from === undefined || parsed.to.length === 0) return refuse(400);
		// An identity with isfocus is a room's, whoever else has the same user and host (RFC 7701 §6.3, CR 7.1.3.3).
		const own = same(from, sender.user) && !/;isfocus\b/i.test(from);
		if (!own && !this.#behaviour.spoofable) return refuse(403);
		const toRoom = parsed.to.filter(({ uriText }) => this.#room.identities.some((identity) => same(uriText, identity)));
		if (toRoom.length === parsed.to.length) return { status: 200, to: others };
		if (toRoom.length > 0) return refuse(403);
		if (parsed.to.length > 1 && this.#behaviour.chatroom !== false) return refuse(403);
		const found = new Set<Participant>();
		for (const { uriText } of parsed.to) {
			const users = this.#room.participants().filter(({ user }) => same(uriText, user));
			if (users.length === 0) return this.#behaviour.unknownTo === "all" ? { status: 200, to: others } : refuse(404);
			if (users.every((user) => !user.takesPrivate)) return refuse(428);
			for (const user of users) if (user !== sender) found.add(user);
		}
		return { status: 200, to: [...found] };
	}

	#copy(to: readonly Participant[], message: MsrpMessage, success: boolean): void {
		const contentType = message.contentType ?? "message/cpim";
		const octets = this.#behaviour.rewriteCpim?.(Buffer.from(message.content)) ?? message.content;
		for (const participant of to) participant.deliver({ contentType, octets, successReport: success });
	}

	/** Sends on what has come, as chunks of the same size with ids of their own. */
	#pass(passing: Passing, message: MsrpMessage, piece: Piece, success: boolean, flag: "$" | "+" | "#" | ""): void {
		if (passing.copies.length === 0)
			passing.copies = passing.decision!.to.map((to, index) => ({ to, messageId: `${message.messageId.slice(0, 28)}.${index + 1}` }));
		for (const { to, messageId } of passing.copies) {
			const copy = { contentType: message.contentType ?? "message/cpim", messageId, successReport: success };
			to.whenConnected(() => void to.session.sendChunk(copy, piece.octets, piece.start, piece.total, flag === "" ? "#" : flag));
		}
	}
}

interface Piece {
	octets: Buffer;
	start: number;
	total: number | undefined;
}

/** The octets that were not sent on yet: of the chunk at hand, and those that waited for the addresses. */
function pieceOf(frame: MsrpFrame, message: MsrpMessage, passing: Passing): Piece {
	const start = Number(frame.byteRange?.start ?? 1);
	const body = frame.start + frame.bodyOffset;
	const chunk = Buffer.from(frame.bytes.subarray(body, body + frame.bodyKept));
	const announced = frame.byteRange?.total ?? message.total;
	const total = announced === undefined ? undefined : Number(announced);
	const waiting = message.content.subarray(passing.sent, start - 1);
	const from = passing.sent < start - 1 ? passing.sent + 1 : start;
	passing.sent = start - 1 + chunk.length;
	return { octets: waiting.length > 0 ? Buffer.concat([waiting, chunk]) : chunk, start: from, total };
}

function refuse(status: number): Decision {
	return { status, to: [] };
}

function same(a: string, b: string): boolean {
	return compareUri(a, b, "uri").equal;
}
