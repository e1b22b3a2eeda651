import type { Direction } from "../model/flow.js";
import type { Moment } from "../model/time.js";
import { AlgStage, type AlgStageOptions } from "./alg-stage.js";
import { NextHops } from "./next-hops.js";
import type { Action, RelayConnection, RelayProtocol, RelayStage, SipUnit } from "./stage.js";

/**
 * ALG profiles that can be changed while connections are open. The profiles of the moment see the next message of every connection,
 * also of calls that were begun under others: as if the box in the path had been exchanged, what it knew of addresses is gone.
 */
export class AlgSwitch implements RelayStage {
	readonly name = "alg";
	readonly #options: AlgStageOptions;
	/** connections stay open when profiles change */
	readonly #hops = new NextHops();
	#profiles: readonly string[] = [];
	#stage: AlgStage | undefined;

	/** @throws AlgNameError when there is no such profile or option */
	constructor(profiles: readonly string[] = [], options: AlgStageOptions = {}) {
		this.#options = options;
		this.set(profiles);
	}

	/** from the inside to the outside */
	get profiles(): readonly string[] {
		return this.#profiles;
	}

	/** These profiles from now on; none switches the ALG off. @throws AlgNameError, and everything stays as it was */
	set(profiles: readonly string[]): void {
		this.#stage = profiles.length === 0 ? undefined : new AlgStage(profiles, this.#options, this.#hops);
		this.#profiles = [...profiles];
	}

	touches(connection: RelayConnection, dir: Direction, protocol: RelayProtocol | undefined): boolean {
		return this.#stage?.touches(connection, dir, protocol) === true;
	}

	injects(connection: RelayConnection): boolean {
		return this.#stage?.injects(connection) === true;
	}

	opened(connection: RelayConnection): void {
		this.#hops.opened(connection);
	}

	closed(connection: RelayConnection): void {
		this.#hops.closed(connection);
	}

	sip(unit: SipUnit): Action | undefined {
		return this.#stage?.sip(unit);
	}

	advance(connection: RelayConnection, now: Moment): void {
		this.#stage?.advance(connection, now);
	}
}
