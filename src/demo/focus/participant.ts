import type { SdpMsrp } from "../../core/protocols/sdp/types.js";
import type { MsrpSession, Outgoing } from "../msrp/session.js";
import type { Dialog } from "../sip/dialog.js";

/** Copies that wait for a participant whose MSRP connection is not there yet. */
const WAITING = 200;

/** One session of one user in a room; a user with two devices is two participants. */
export class Participant {
	nickname: string | undefined;
	/** what the peer's SDP says */
	sdp: SdpMsrp | undefined;
	/** the MSRP connection was there and the room was told */
	joined = false;
	readonly #waiting: (() => void)[] = [];
	/** sending goes on in order: a message begins when the one before is out */
	#last: Promise<unknown> = Promise.resolve();

	constructor(
		/** IM Address */
		readonly user: string,
		/** display name; "" when none is known */
		readonly name: string,
		readonly dialog: Dialog,
		readonly session: MsrpSession,
	) {}

	/** What others call this user. */
	get shownName(): string {
		return this.nickname ?? (this.name === "" ? (/^[a-z]+:([^@;]+)/i.exec(this.user)?.[1] ?? this.user) : this.name);
	}

	/** May others send it private messages (RFC 7701 §6.2)? Without a=chatroom the OMA rules hold, which allow it. */
	get takesPrivate(): boolean {
		return this.sdp?.chatroom === undefined || this.sdp.chatroom.includes("private-messages");
	}

	/** Sends a message after those before it; waits for the connection if need be. */
	deliver(message: Outgoing): void {
		this.whenConnected(() => {
			this.#last = this.#last.then(() => this.session.send(message)).catch(() => {});
		});
	}

	/** Runs now, or when the connection is there. */
	whenConnected(action: () => void): void {
		if (this.session.connection !== undefined) action();
		else if (this.#waiting.length < WAITING) this.#waiting.push(action);
	}

	connected(): void {
		for (const action of this.#waiting.splice(0)) action();
	}
}
