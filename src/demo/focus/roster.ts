import type { Dialog } from "../sip/dialog.js";
import type { SipEndpoint } from "../sip/endpoint.js";
import type { HeaderRow } from "../wire/sip.js";
import { CONFERENCE_INFO, conferenceInfo } from "../wire/xml.js";
import type { FocusBehaviour } from "./settings.js";

export interface RosterUser {
	user: string;
	name: string;
}

interface Subscription {
	user: string;
	dialog: Dialog;
	version: number;
	expires: number;
	/** notifications go out one after the other */
	last: Promise<unknown>;
}

const LONGEST = 3600;

/** Subscriptions to the conference event package of one room, and what they are told (RFC 4575, RFC 6665). */
export class Roster {
	readonly #sip: SipEndpoint;
	readonly #behaviour: FocusBehaviour;
	readonly #entity: string;
	readonly #contact: string;
	readonly #subject: string;
	readonly #users: () => readonly RosterUser[];
	readonly #subscriptions = new Map<string, Subscription>();

	constructor(
		sip: SipEndpoint,
		behaviour: FocusBehaviour,
		room: { entity: string; contact: string; subject: string; users(): readonly RosterUser[] },
	) {
		this.#sip = sip;
		this.#behaviour = behaviour;
		this.#entity = room.entity;
		this.#contact = room.contact;
		this.#subject = room.subject;
		this.#users = room.users;
	}

	/** Takes a subscription, or a refresh of one; the NOTIFY follows the 200 (RFC 6665 §4.2.1). */
	subscribe(user: string, dialog: Dialog, seconds: number): number {
		const expires = Math.min(seconds, LONGEST);
		const known = this.#subscriptions.get(dialog.key);
		const subscription = known ?? { user, dialog, version: 0, expires: 0, last: Promise.resolve() };
		subscription.expires = now() + expires;
		this.#subscriptions.set(dialog.key, subscription);
		return expires;
	}

	/** The whole state; the subscription ends with it when it was given no time. */
	notifyFull(dialog: Dialog): void {
		const subscription = this.#subscriptions.get(dialog.key);
		if (subscription === undefined) return;
		const over = subscription.expires <= now();
		this.#notify(subscription, "full", this.#users(), over ? "timeout" : undefined);
		if (over) this.#subscriptions.delete(dialog.key);
	}

	has(key: string): boolean {
		return this.#subscriptions.has(key);
	}

	/** Somebody came, left or has another name. */
	changed(user: RosterUser, present: boolean): void {
		for (const subscription of [...this.#subscriptions.values()]) {
			if (subscription.expires <= now()) this.#subscriptions.delete(subscription.dialog.key);
			else this.#notify(subscription, "partial", [user], undefined, present);
		}
	}

	/** A user left, or the room is over: what it subscribed to ends (RFC 6665 §4.1.3). */
	end(user: string | undefined): void {
		for (const subscription of [...this.#subscriptions.values()]) {
			if (user !== undefined && subscription.user !== user) continue;
			this.#subscriptions.delete(subscription.dialog.key);
			this.#notify(subscription, "full", user === undefined ? [] : this.#users(), "noresource");
		}
	}

	#notify(
		subscription: Subscription,
		state: "full" | "partial",
		users: readonly RosterUser[],
		ended: string | undefined,
		present = true,
	): void {
		if (!this.#behaviour.notify) return;
		const { dialog } = subscription;
		const octets = conferenceInfo({
			entity: this.#entity,
			state,
			version: subscription.version++,
			subject: this.#subject,
			users: users.map(({ user, name }) => ({
				entity: user,
				state: present ? "full" : "deleted",
				displayText: name,
				yourOwn: this.#behaviour.yourOwn && user === subscription.user,
			})),
			userCount: this.#users().length,
			withDescription: state === "full",
		});
		const left = Math.max(0, subscription.expires - now());
		const headers: HeaderRow[] = [
			["Contact", this.#contact],
			["Event", "conference"],
			["Subscription-State", ended === undefined ? `active;expires=${left}` : `terminated;reason=${ended}`],
		];
		subscription.last = subscription.last.then(async () => {
			const { status } = await this.#sip.within(dialog, "NOTIFY", headers, { type: CONFERENCE_INFO, octets });
			if (status === 481 || status === 0) this.#subscriptions.delete(dialog.key);
		});
	}
}

function now(): number {
	return Math.floor(Date.now() / 1000);
}
