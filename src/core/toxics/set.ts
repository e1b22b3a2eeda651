import type { Moment } from "../model/time.js";
import { ToxicError } from "./settings.js";
import type { ToxicSettings } from "./types.js";

export interface ToxicChange {
	how: "add" | "change" | "remove";
	toxic: ToxicSettings;
}

/** Something that the toxics of a set work on: a connection. */
export interface ToxicSubject {
	toxicChanged(change: ToxicChange, now: Moment): void;
}

/** The toxics of one hop, in order. What changes works on connections that are open, too. */
export class ToxicSet {
	#toxics: ToxicSettings[] = [];
	readonly #subjects = new Set<ToxicSubject>();

	/** Those of upstream, then those of downstream, each in the order of their coming. */
	get toxics(): readonly ToxicSettings[] {
		const of = (stream: ToxicSettings["stream"]): ToxicSettings[] => this.#toxics.filter((toxic) => toxic.stream === stream);
		return [...of("upstream"), ...of("downstream")];
	}

	/** @throws ToxicError where there is none of that name */
	get(name: string): ToxicSettings {
		const found = this.#toxics.find((toxic) => toxic.name === name);
		if (found === undefined) throw new ToxicError("unknown", "toxic not found");
		return found;
	}

	/** @throws ToxicError where there is one of that name */
	add(toxic: ToxicSettings, now: Moment): void {
		if (this.#toxics.some(({ name }) => name === toxic.name)) throw new ToxicError("exists", "toxic already exists");
		this.#toxics.push(toxic);
		this.#tell({ how: "add", toxic }, now);
	}

	/** Takes the place of the one of the same name and stream. @throws ToxicError where there is none */
	change(toxic: ToxicSettings, now: Moment): void {
		this.#toxics[this.#toxics.indexOf(this.get(toxic.name))] = toxic;
		this.#tell({ how: "change", toxic }, now);
	}

	/** @throws ToxicError where there is none of that name */
	remove(name: string, now: Moment): void {
		const toxic = this.get(name);
		this.#toxics = this.#toxics.filter((one) => one !== toxic);
		this.#tell({ how: "remove", toxic }, now);
	}

	/** Removes all. */
	reset(now: Moment): void {
		for (const { name } of this.toxics) this.remove(name, now);
	}

	/** A connection that is opened is told of all that is there, and of what changes until `unsubscribe`. */
	subscribe(subject: ToxicSubject, now: Moment): void {
		this.#subjects.add(subject);
		for (const toxic of this.#toxics) subject.toxicChanged({ how: "add", toxic }, now);
	}

	unsubscribe(subject: ToxicSubject): void {
		this.#subjects.delete(subject);
	}

	#tell(change: ToxicChange, now: Moment): void {
		for (const subject of [...this.#subjects]) subject.toxicChanged(change, now);
	}
}
