import type { Endpoint } from "../../core/model/flow.js";
import { address, contacts } from "../../core/protocols/sip/index.js";
import type { SipMessage } from "../../core/protocols/sip/types.js";
import { isSecure, type Place } from "../../shell/net/links/index.js";
import { Descriptions } from "../msrp/descriptions.js";
import type { MsrpEndpoint } from "../msrp/endpoint.js";
import type { MsrpSession } from "../msrp/session.js";
import { offered } from "../sip/body.js";
import { Dialog } from "../sip/dialog.js";
import type { SipEndpoint } from "../sip/endpoint.js";
import type { ServerTransaction } from "../sip/server-transaction.js";
import type { Ids } from "../wire/ids.js";
import type { Body, HeaderRow } from "../wire/sip.js";
import { Participant } from "./participant.js";
import type { Binding } from "./registrar.js";
import type { Room } from "./room.js";
import type { FocusBehaviour } from "./settings.js";

export const ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, SUBSCRIBE, NOTIFY, MESSAGE";

export interface InvitationContext {
	sip: SipEndpoint;
	msrp: MsrpEndpoint;
	behaviour: FocusBehaviour;
	ids: Ids;
	/** where MSRP is listened for, and what SDP says about it */
	place: Place;
	advertised: Endpoint;
}

/** Brings users into rooms: answers their INVITE, or sends them one. */
export class Invitations {
	readonly #context: InvitationContext;
	readonly #descriptions = new Descriptions();

	constructor(context: InvitationContext) {
		this.#context = context;
	}

	/** Answers an INVITE for a room; undefined when it was refused. `onUp`: the call was acknowledged. */
	answer(transaction: ServerTransaction, room: Room, user: string, onUp: () => void): Participant | undefined {
		const { request, link } = transaction;
		const offer = offered(request);
		if (offer?.media?.msrp === undefined) {
			transaction.respond(488, { headers: [["Warning", '304 im.example.com "no MSRP media in the offer"']] });
			return undefined;
		}
		const { setup, path } = offer.media.msrp;
		const session = this.#session();
		session.remotePath = path.join(" ");
		const dialog = Dialog.ofRequest(request, link, transaction.tag);
		const participant = new Participant(user, address(request, "from")?.displayName ?? "", dialog, session);
		participant.sdp = offer.media.msrp;
		const active = setup === "passive";
		room.add(participant);
		transaction.onAck = () => {
			if (active) void this.#connect(participant);
			onUp();
		};
		transaction.onUnacknowledged = () => room.remove(participant);
		const octets = this.#describe(session, setup === undefined ? undefined : active ? "active" : "passive");
		transaction.respond(200, { headers: this.#headers(room), body: { type: "application/sdp", octets } });
		return participant;
	}

	/** A re-INVITE of a participant: new target, new description of theirs, the same of ours. */
	again(transaction: ServerTransaction, room: Room, participant: Participant): void {
		const { request } = transaction;
		const offer = offered(request);
		const headers = this.#headers(room);
		const repeat = (setup: "active" | "passive" | "actpass" | undefined, port?: number): Body => ({
			type: "application/sdp",
			octets: this.#describe(participant.session, setup, port),
		});
		if (offer === undefined) transaction.respond(200, { headers, body: repeat("actpass") });
		else if (offer.media?.msrp === undefined) {
			const [line, ...more] = offer.sdp.media;
			// The only line is switched off: the chat pauses, the call stays (RFC 3264 §8.2).
			if (line?.media !== "message" || more.length > 0) transaction.respond(488);
			else transaction.respond(200, { headers, body: repeat(undefined, 0) });
		} else {
			participant.sdp = offer.media.msrp;
			participant.session.remotePath = offer.media.msrp.path.join(" ");
			const { setup } = offer.media.msrp;
			transaction.respond(200, { headers, body: repeat(setup === undefined ? undefined : setup === "passive" ? "active" : "passive") });
		}
	}

	/** Invites a registered user into a room (RFC 4579 §5.2); `onOutcome` gets undefined when it does not come. */
	invite(room: Room, user: string, binding: Binding, onOutcome: (participant: Participant | undefined) => void): void {
		const { sip, ids } = this.#context;
		const session = this.#session();
		const from = `<${room.group ?? room.identity}>`;
		const headers: HeaderRow[] = [
			["From", `${from};tag=${ids.token(10)}`],
			["To", `<${user}>`],
			["Call-ID", ids.token(20)],
			["CSeq", "1 INVITE"],
			...this.#headers(room),
		];
		const body = { type: "application/sdp", octets: this.#describe(session, "actpass") };
		let ack: Buffer | undefined;
		sip.send(binding.link, "INVITE", binding.contact, headers, body, (response) => {
			if (response === undefined || response.status >= 300) {
				this.#context.msrp.drop(session);
				onOutcome(undefined);
			} else if (response.status >= 200) {
				// A 2xx that comes again has missed its ACK (RFC 3261 §13.2.2.4).
				if (ack !== undefined) binding.link.send(ack);
				else ack = this.#invited(room, user, session, response, binding, onOutcome);
			}
		});
	}

	#invited(
		room: Room,
		user: string,
		session: MsrpSession,
		response: SipMessage,
		binding: Binding,
		onOutcome: (participant: Participant | undefined) => void,
	): Buffer {
		const { sip } = this.#context;
		const dialog = Dialog.ofResponse(response, binding.link, binding.contact);
		const ack = sip.acknowledge(dialog, 1);
		const media = offered(response)?.media?.msrp;
		if (media === undefined) {
			this.#context.msrp.drop(session);
			void sip.within(dialog, "BYE");
			onOutcome(undefined);
			return ack;
		}
		session.remotePath = media.path.join(" ");
		const name = address(response, "to")?.displayName || (contacts(response)[0]?.displayName ?? "");
		const participant = new Participant(user, name, dialog, session);
		participant.sdp = media;
		room.add(participant);
		onOutcome(participant);
		if (media.setup === "passive") void this.#connect(participant);
		return ack;
	}

	/** We are the active side. A peer that is not there is let go. */
	async #connect(participant: Participant): Promise<void> {
		const { msrp, sip } = this.#context;
		const uri = /^msrps?:\/\/(?:[^@/]*@)?(?:\[([^\]]+)\]|([^:/]+)):(\d+)/.exec(participant.session.remotePath);
		try {
			if (uri === null) throw new Error("no address");
			const status = await msrp.open(participant.session, {
				transport: isSecure(this.#context.place.transport) ? "tls" : "tcp",
				host: uri[1] ?? uri[2]!,
				port: Number(uri[3]),
			});
			if (status !== 200) throw new Error(`refused: ${status}`);
		} catch {
			void sip.within(participant.dialog, "BYE");
		}
	}

	#session(): MsrpSession {
		const { msrp, place, advertised } = this.#context;
		return msrp.session(place, advertised);
	}

	#headers(room: Room): HeaderRow[] {
		return [
			["Contact", room.contact],
			["Allow", ALLOW],
			["Allow-Events", "conference"],
			["Supported", "recipient-list-invite"],
		];
	}

	#describe(session: MsrpSession, setup: "active" | "passive" | "actpass" | undefined, port?: number): Buffer {
		const { advertised, place, behaviour } = this.#context;
		return this.#descriptions.describe(session, {
			address: advertised.address,
			port: port ?? advertised.port,
			secure: isSecure(place.transport),
			// C37: a conference takes nothing but message/cpim (RFC 7701 §5.2).
			acceptTypes: ["message/cpim"],
			acceptWrappedTypes: ["*"],
			setup,
			chatroom: behaviour.chatroom === false ? undefined : behaviour.chatroom,
		});
	}
}
