// uses: indexing
// Threefry-2x32 with 20 rounds (Salmon et al. 2011): two random words from a key and a counter, by add, rotate
// and xor alone, so every adapter and the host get the same bits.
fn rotl(x: u32, r: u32) -> u32 { return (x << r) | (x >> (32 - r)); }

fn threefry(key: vec2u, counter: vec2u) -> vec2u {
  let k2 = 0x1bd11bdau ^ key.x ^ key.y;
  var v = counter + key;
  v.x += v.y; v.y = rotl(v.y, 13) ^ v.x;
  v.x += v.y; v.y = rotl(v.y, 15) ^ v.x;
  v.x += v.y; v.y = rotl(v.y, 26) ^ v.x;
  v.x += v.y; v.y = rotl(v.y, 6) ^ v.x;
  v += vec2u(key.y, k2 + 1);
  v.x += v.y; v.y = rotl(v.y, 17) ^ v.x;
  v.x += v.y; v.y = rotl(v.y, 29) ^ v.x;
  v.x += v.y; v.y = rotl(v.y, 16) ^ v.x;
  v.x += v.y; v.y = rotl(v.y, 24) ^ v.x;
  v += vec2u(k2, key.x + 2);
  v.x += v.y; v.y = rotl(v.y, 13) ^ v.x;
  v.x += v.y; v.y = rotl(v.y, 15) ^ v.x;
  v.x += v.y; v.y = rotl(v.y, 26) ^ v.x;
  v.x += v.y; v.y = rotl(v.y, 6) ^ v.x;
  v += vec2u(key.x, key.y + 3);
  v.x += v.y; v.y = rotl(v.y, 17) ^ v.x;
  v.x += v.y; v.y = rotl(v.y, 29) ^ v.x;
  v.x += v.y; v.y = rotl(v.y, 16) ^ v.x;
  v.x += v.y; v.y = rotl(v.y, 24) ^ v.x;
  v += vec2u(key.y, k2 + 4);
  v.x += v.y; v.y = rotl(v.y, 13) ^ v.x;
  v.x += v.y; v.y = rotl(v.y, 15) ^ v.x;
  v.x += v.y; v.y = rotl(v.y, 26) ^ v.x;
  v.x += v.y; v.y = rotl(v.y, 6) ^ v.x;
  v += vec2u(k2, key.x + 5);
  return v;
}
