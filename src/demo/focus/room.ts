import type { MsrpFrame } from "../../core/protocols/msrp/types.js";
import { compareUri, unquote } from "../../core/protocols/uri/index.js";
import type { MsrpEndpoint } from "../msrp/endpoint.js";
import type { SipEndpoint } from "../sip/endpoint.js";
import type { Participant } from "./participant.js";
import { Roster } from "./roster.js";
import type { FocusBehaviour } from "./settings.js";
import { MsrpSwitch } from "./switch.js";

export interface RoomOptions {
	/** user and host of the session identity, without parameters */
	uri: string;
	/** identity of the pre-defined group */
	group?: string | undefined;
	subject: string;
	/** nobody is left */
	onEmpty(room: Room): void;
}

/** One conference: who is in it, what they hear. */
export class Room {
	/** session identity S as the user plane writes it */
	readonly identity: string;
	/** group identity G as the user plane writes it; undefined for an ad-hoc room */
	readonly group: string | undefined;
	/** value of Contact */
	readonly contact: string;
	readonly roster: Roster;
	readonly switch: MsrpSwitch;
	readonly #options: RoomOptions;
	readonly #msrp: MsrpEndpoint;
	readonly #participants: Participant[] = [];

	constructor(options: RoomOptions, sip: SipEndpoint, msrp: MsrpEndpoint, behaviour: FocusBehaviour) {
		this.#options = options;
		this.#msrp = msrp;
		const mark = behaviour.isfocus ? ";isfocus" : "";
		this.identity = `${options.uri}${mark}`;
		this.group = options.group === undefined ? undefined : `${options.group}${mark}`;
		this.contact = `<${this.identity}>${behaviour.contactIsfocus ? ";isfocus" : ""}`;
		this.roster = new Roster(sip, behaviour, {
			entity: this.identity,
			contact: this.contact,
			subject: options.subject,
			users: () => this.#users(),
		});
		const all = this.group === undefined ? [this.identity] : [this.group, this.identity];
		this.switch = new MsrpSwitch(behaviour, {
			identities: all,
			self: all[0]!,
			participants: () => this.#participants.filter(({ joined }) => joined),
		});
	}

	get participants(): readonly Participant[] {
		return this.#participants;
	}

	/** Is that URI this room, in whatever spelling? */
	is(uri: string): boolean {
		return [this.identity, this.group].some((identity) => identity !== undefined && compareUri(uri, identity, "aor").equal);
	}

	/** Takes a participant whose call is up; it is heard of when its MSRP connection is there. */
	add(participant: Participant): void {
		this.#participants.push(participant);
		participant.session.handlers = {
			chunk: (frame, message, completed) => this.switch.chunk(participant, frame, message, completed),
			bodiless: () => {},
			report: () => {},
			nickname: (frame) => this.#nickname(participant, frame),
			bound: () => this.#connected(participant),
			lost: () => {},
		};
		if (participant.session.connection !== undefined) this.#connected(participant);
	}

	/** BYE came, or the room lets go of it. */
	remove(participant: Participant): void {
		const at = this.#participants.indexOf(participant);
		if (at < 0) return;
		this.#participants.splice(at, 1);
		this.#msrp.drop(participant.session);
		if (this.#participants.every(({ user }) => user !== participant.user)) this.roster.end(participant.user);
		if (participant.joined) {
			this.switch.say(`${participant.shownName} left`);
			this.roster.changed({ user: participant.user, name: participant.shownName }, false);
		}
		if (this.#participants.length === 0) this.#options.onEmpty(this);
	}

	#connected(participant: Participant): void {
		if (!participant.joined) {
			participant.joined = true;
			participant.connected();
			this.switch.say(`${participant.shownName} joined`);
			this.roster.changed({ user: participant.user, name: participant.shownName }, true);
		} else participant.connected();
	}

	/** RFC 7701 §7.1: 424 what is no quoted string, 425 what another user has. */
	#nickname(participant: Participant, frame: MsrpFrame): number {
		const value = frame.get("use-nickname");
		if (value === undefined || !/^"(?:[^"\\]|\\.)*"$/.test(value)) return 424;
		const name = unquote(value);
		const taken = this.#participants.some(
			(other) => other.user !== participant.user && other.shownName.toLowerCase() === name.toLowerCase(),
		);
		if (taken) return 425;
		const before = participant.shownName;
		participant.nickname = name === "" ? undefined : name;
		if (participant.shownName !== before) {
			this.switch.say(`${before} is now ${participant.shownName}`);
			this.roster.changed({ user: participant.user, name: participant.shownName }, true);
		}
		return 200;
	}

	#users(): { user: string; name: string }[] {
		const seen = new Map<string, string>();
		for (const participant of this.#participants) if (participant.joined) seen.set(participant.user, participant.shownName);
		return [...seen].map(([user, name]) => ({ user, name }));
	}
}
