// One value a key, made when it is first asked for.
type Cache<K, V> = { get(key: K): V | undefined; set(key: K, value: V): unknown };

export function cached<K, V>(map: Cache<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
