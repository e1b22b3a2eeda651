import { PROFILES } from "../../../core/alg/index.js";
import { BreakpointError } from "../../../core/breakpoints/types.js";
import type { LiveOrder } from "../state/events.js";
import { parseChange, parseInjection } from "./change.js";
import type { LiveControls, Steered } from "./types.js";

/** Name of a profile without its options: "A2" of "A2:port=5062". */
export function profileName(text: string): string {
	const colon = text.indexOf(":");
	return colon < 0 ? text : text.slice(0, colon);
}

/** What is neither the proxy's nor the panes'. */
export interface Outside {
	/** for injections */
	readFile(path: string): Buffer;
	/** reads configuration and rules again; tells by itself what came of it */
	reload(): void;
	/** what becomes of messages that nobody looks at; as the breakpoints have it by default where nothing is said */
	readonly hold?: { readonly timeout?: number; readonly onTimeout?: "resume" | "drop" };
}

/** A running proxy as the panes see it. */
export class ProxyControls implements LiveControls {
	readonly #proxy: Steered;
	readonly #outside: Outside;
	/** as they were switched off, so that options come back */
	readonly #profiles = new Map<string, string>();

	constructor(proxy: Steered, outside: Outside) {
		this.#proxy = proxy;
		this.#outside = outside;
	}

	get breakpoints(): Steered["breakpoints"] {
		return this.#proxy.breakpoints;
	}

	get rules(): Steered["rules"] {
		return this.#proxy.rules;
	}

	get alg(): Steered["alg"] {
		return this.#proxy.alg;
	}

	get connections(): number {
		return this.#proxy.connections;
	}

	setAlg(profiles: readonly string[]): number {
		return this.#proxy.setAlg(profiles);
	}

	order(order: LiveOrder): string {
		const { breakpoints, rules } = this.#proxy;
		switch (order.what) {
			case "break": {
				const { id, timeout, onTimeout } = breakpoints.add(order.expression, this.#outside.hold);
				return `breakpoint ${id} holds what matches; after ${timeout} s it is ${onTimeout === "drop" ? "dropped" : "resumed"}`;
			}
			case "break-remove":
				breakpoints.remove(order.id);
				return `breakpoint ${order.id} is gone; what it holds is still held`;
			case "break-switch": {
				const before = breakpoints.breakpoints.find(({ id }) => id === order.id);
				if (before === undefined) throw new BreakpointError(`there is no breakpoint ${order.id}`);
				const { enabled } = before;
				breakpoints.enable(order.id, !enabled);
				return `breakpoint ${order.id} is ${enabled ? "off" : "on"}`;
			}
			case "resume":
				breakpoints.resume(order.id);
				return `message ${order.id} goes on`;
			case "resume-all": {
				const { length } = breakpoints.held;
				breakpoints.resumeAll();
				return length === 0 ? "no message is held" : `${length} messages go on`;
			}
			case "drop":
				breakpoints.drop(order.id);
				return `message ${order.id} is dropped`;
			case "duplicate":
				breakpoints.duplicate(order.id);
				return `message ${order.id} goes on twice`;
			case "edit":
				breakpoints.resume(order.id, { ...parseChange(order.change), fix: order.mend });
				return `message ${order.id} goes on, changed; lengths ${order.mend ? "follow" : "are left as they were"}`;
			case "editor":
				return "";
			case "inject": {
				const { connection, dir, octets, file } = parseInjection(order.text);
				const sent = octets ?? this.#outside.readFile(file!);
				breakpoints.inject(connection, dir, sent);
				return `${sent.length} octets go to the ${dir === 0 ? "server" : "client"} of connection ${connection}`;
			}
			case "rule": {
				const { enabled } = rules.get(order.name);
				rules.enable(order.name, !enabled);
				return `rule ${order.name} is ${enabled ? "off" : "on"}`;
			}
			case "reload":
				this.#outside.reload();
				return "reading configuration and rules again";
			case "profile":
				return this.#switchProfile(order.name);
		}
	}

	resumeWith(id: number, octets: Buffer, mend: boolean): string {
		this.#proxy.breakpoints.resume(id, { octets, fix: mend });
		return `message ${id} goes on, changed; lengths ${mend ? "follow" : "are left as they were"}`;
	}

	/** Profiles stand from the inside to the outside; one that is switched on is the outermost. */
	#switchProfile(name: string): string {
		const before = this.#proxy.alg.profiles;
		const found = before.find((one) => profileName(one) === name);
		if (found !== undefined) this.#profiles.set(name, found);
		else if (!PROFILES.some((profile) => profile.name === name)) throw new Error(`there is no profile ${name}`);
		const now = found === undefined ? [...before, this.#profiles.get(name) ?? name] : before.filter((one) => one !== found);
		const open = this.#proxy.setAlg(now);
		return `ALG ${now.length === 0 ? "off" : now.join(", ")}, in ${open} open connections too; counts begin anew`;
	}
}
