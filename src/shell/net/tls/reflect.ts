type Metadata = Map<unknown, unknown>;

interface ReflectMetadata {
	defineMetadata?(key: unknown, value: unknown, target: object): void;
	getOwnMetadata?(key: unknown, target: object): unknown;
	getMetadata?(key: unknown, target: object): unknown;
}

/**
 * The three functions of the Reflect metadata proposal that the dependency container below `@peculiar/x509` calls: the package leaves
 * them to its user. Whoever has brought the whole proposal along keeps it.
 */
export function provideReflectMetadata(): void {
	const reflect = Reflect as ReflectMetadata;
	if (reflect.getMetadata !== undefined) return;
	const all = new WeakMap<object, Metadata>();
	reflect.defineMetadata = (key, value, target) => {
		const own = all.get(target) ?? new Map();
		all.set(target, own.set(key, value));
	};
	reflect.getOwnMetadata = (key, target) => all.get(target)?.get(key);
	reflect.getMetadata = (key, target) => {
		for (let at: object | null = target; at !== null; at = Object.getPrototypeOf(at) as object | null) {
			if (all.get(at)?.has(key)) return all.get(at)!.get(key);
		}
		return undefined;
	};
}
