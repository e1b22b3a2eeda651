import { address, event } from "../../core/protocols/sip/index.js";
import { compareUri } from "../../core/protocols/uri/index.js";
import type { Link } from "../../shell/net/links/link.js";
import type { MsrpEndpoint } from "../msrp/endpoint.js";
import { recipients } from "../sip/body.js";
import { Dialog } from "../sip/dialog.js";
import type { SipEndpoint } from "../sip/endpoint.js";
import type { ServerTransaction } from "../sip/server-transaction.js";
import type { Ids } from "../wire/ids.js";
import { ALLOW, type Invitations } from "./invitations.js";
import type { Participant } from "./participant.js";
import { aor, type Binding, type Registrar } from "./registrar.js";
import { Room } from "./room.js";
import type { FocusBehaviour, GroupOptions } from "./settings.js";

export interface RoomsContext {
	sip: SipEndpoint;
	msrp: MsrpEndpoint;
	invitations: Invitations;
	registrar: Registrar;
	behaviour: FocusBehaviour;
	ids: Ids;
	domain: string;
	factory: string;
	groups: readonly GroupOptions[];
}

/** milliseconds that one invited user may keep the next one waiting */
const PATIENCE = 2000;
const LONGEST = 3600;

/** All rooms of a focus, with the calls and subscriptions that lead into them. */
export class Rooms {
	readonly open = new Set<Room>();
	readonly #context: RoomsContext;
	/** by the key of the dialog */
	readonly #calls = new Map<string, { room: Room; participant: Participant }>();
	readonly #subscribed = new Map<string, { room: Room; dialog: Dialog; user: string }>();

	constructor(context: RoomsContext) {
		this.#context = context;
	}

	/** The room that a URI names, in whatever spelling. */
	find(uri: string): Room | undefined {
		return [...this.open].find((room) => room.is(uri));
	}

	/** INVITE for the factory, a group or a room; false when the URI is none of them. */
	invited(transaction: ServerTransaction): boolean {
		const { request } = transaction;
		const { factory, groups } = this.#context;
		const caller = aor(address(request, "from")?.uri.text ?? "");
		const target = request.requestUri;
		if (compareUri(target, factory, "aor").equal) {
			this.#join(transaction, this.#make(undefined), caller, recipients(request));
			return true;
		}
		const group = groups.find(({ uri }) => compareUri(target, uri, "aor").equal);
		if (group?.members !== undefined && !group.members.some((member) => compareUri(member, caller, "aor").equal)) {
			transaction.respond(403);
			return true;
		}
		const room = this.find(target) ?? (group === undefined ? undefined : this.#make(group));
		if (room === undefined) return false;
		this.#join(transaction, room, caller, []);
		return true;
	}

	/** A request in a dialog of ours; false when there is no such dialog. */
	within(transaction: ServerTransaction, key: string): boolean {
		const { request } = transaction;
		const call = this.#calls.get(key);
		const subscription = this.#subscribed.get(key);
		const dialog = call?.participant.dialog ?? subscription?.dialog;
		if (dialog === undefined) return false;
		if (!dialog.received(request)) transaction.respond(500, { reason: "CSeq too low" });
		else if (request.method === "BYE" && call !== undefined) {
			transaction.respond(200);
			this.#gone(call.room, call.participant);
		} else if (request.method === "INVITE" && call !== undefined) this.#context.invitations.again(transaction, call.room, call.participant);
		else if (request.method === "SUBSCRIBE" && subscription !== undefined)
			this.#grant(transaction, subscription.room, dialog, subscription.user);
		else if (request.method === "OPTIONS") transaction.respond(200, { headers: [["Allow", ALLOW]] });
		else transaction.respond(405, { headers: [["Allow", ALLOW]] });
		return true;
	}

	/** SUBSCRIBE to a room: only who takes part is told (RFC 4575 §4). */
	subscribe(transaction: ServerTransaction): void {
		const { request, link } = transaction;
		const user = aor(address(request, "from")?.uri.text ?? "");
		const room = this.find(request.requestUri);
		if (event(request)?.package !== "conference") transaction.respond(489, { headers: [["Allow-Events", "conference"]] });
		else if (room === undefined) transaction.respond(404);
		else if (!room.participants.some((participant) => participant.user === user)) transaction.respond(403);
		else {
			const dialog = Dialog.ofRequest(request, link, transaction.tag);
			this.#subscribed.set(dialog.key, { room, dialog, user });
			this.#grant(transaction, room, dialog, user);
		}
	}

	/**
	 * Invites registered users into a room, one after the other: each when the one before is connected, has refused, or has
	 * kept us waiting for two seconds. Gives those that nobody knows a place of.
	 */
	async invite(room: Room, users: readonly string[]): Promise<string[]> {
		const unknown: string[] = [];
		for (const user of users) {
			const binding = this.#context.registrar.find(user);
			if (binding === undefined) unknown.push(user);
			else await this.#inviteOne(room, aor(user), binding);
		}
		return unknown;
	}

	/** Ends the call of one participant, or of all. */
	async dismiss(room: Room, which?: Participant): Promise<void> {
		for (const participant of which === undefined ? [...room.participants] : [which]) {
			this.#calls.delete(participant.dialog.key);
			await this.#context.sip.within(participant.dialog, "BYE");
			room.remove(participant);
		}
	}

	/** A connection is gone, and with it whoever was called over it. */
	lost(link: Link): void {
		for (const { room, participant } of [...this.#calls.values()]) {
			if (participant.dialog.link === link) this.#gone(room, participant);
		}
	}

	async close(): Promise<void> {
		for (const room of [...this.open]) {
			room.roster.end(undefined);
			await this.dismiss(room);
		}
	}

	#join(transaction: ServerTransaction, room: Room, caller: string, invited: readonly string[]): void {
		const participant = this.#context.invitations.answer(transaction, room, caller, () => {
			void this.invite(room, invited);
		});
		if (participant !== undefined) this.#calls.set(participant.dialog.key, { room, participant });
		else if (room.participants.length === 0) this.open.delete(room);
	}

	#inviteOne(room: Room, user: string, binding: Binding): Promise<void> {
		return new Promise((resolve) => {
			const timer = setTimeout(resolve, PATIENCE);
			const done = (): void => {
				clearTimeout(timer);
				resolve();
			};
			this.#context.invitations.invite(room, user, binding, (participant) => {
				if (participant === undefined) done();
				else {
					this.#calls.set(participant.dialog.key, { room, participant });
					participant.whenConnected(done);
				}
			});
		});
	}

	#make(group: GroupOptions | undefined): Room {
		const { sip, msrp, behaviour, ids, domain } = this.#context;
		const options = {
			uri: `sip:sess-${ids.token(8)}@${domain}`,
			group: group?.uri,
			subject: group?.subject ?? "Conference",
			onEmpty: () => {
				room.roster.end(undefined);
				this.open.delete(room);
			},
		};
		const room: Room = new Room(options, sip, msrp, behaviour);
		this.open.add(room);
		return room;
	}

	#gone(room: Room, participant: Participant): void {
		this.#calls.delete(participant.dialog.key);
		room.remove(participant);
	}

	#grant(transaction: ServerTransaction, room: Room, dialog: Dialog, user: string): void {
		const wanted = Number(transaction.request.get("expires") ?? LONGEST);
		const expires = room.roster.subscribe(user, dialog, Number.isInteger(wanted) && wanted >= 0 ? wanted : LONGEST);
		transaction.respond(200, {
			headers: [
				["Contact", room.contact],
				["Expires", String(expires)],
			],
		});
		room.roster.notifyFull(dialog);
		if (!room.roster.has(dialog.key)) this.#subscribed.delete(dialog.key);
	}
}
