;; The vector scan: exact int8 dot products, and 1-bit Hamming distances to choose candidates among many slots.
;; Compiled to scan.wasm.ts by `npm run wasm`. All pointers are byte offsets into the imported memory; strides are multiples of 16.
(module
  (memory (import "env" "memory") 1 65536)

  ;; out[i] = scale[i] * (code[i] . query) for i in [0, count); the query is int16, code int8 with `stride` bytes each.
  ;; Where mask is not 0 and mask[i] is 0, out[i] = -infinity.
  (func (export "dots") (param $codes i32) (param $stride i32) (param $query i32) (param $count i32) (param $scales i32) (param $mask i32) (param $out i32)
    (local $i i32)
    (block $done (loop $each
      (br_if $done (i32.ge_u (local.get $i) (local.get $count)))
      (f32.store (i32.add (local.get $out) (i32.shl (local.get $i) (i32.const 2)))
        (if (result f32) (if (result i32) (local.get $mask) (then (i32.load8_u (i32.add (local.get $mask) (local.get $i)))) (else (i32.const 1)))
          (then (f32.mul
            (f32.load (i32.add (local.get $scales) (i32.shl (local.get $i) (i32.const 2))))
            (call $dot (i32.add (local.get $codes) (i32.mul (local.get $i) (local.get $stride))) (local.get $stride) (local.get $query))))
          (else (f32.const -inf))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $each))))

  ;; out[i] = scale[slot] * (code[slot] . query) for the `count` slots (u32) listed at $slots.
  (func (export "dotsAt") (param $codes i32) (param $stride i32) (param $query i32) (param $slots i32) (param $count i32) (param $scales i32) (param $out i32)
    (local $i i32) (local $slot i32)
    (block $done (loop $each
      (br_if $done (i32.ge_u (local.get $i) (local.get $count)))
      (local.set $slot (i32.load (i32.add (local.get $slots) (i32.shl (local.get $i) (i32.const 2)))))
      (f32.store (i32.add (local.get $out) (i32.shl (local.get $i) (i32.const 2)))
        (f32.mul
          (f32.load (i32.add (local.get $scales) (i32.shl (local.get $slot) (i32.const 2))))
          (call $dot (i32.add (local.get $codes) (i32.mul (local.get $slot) (local.get $stride))) (local.get $stride) (local.get $query))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $each))))

  (func $dot (param $x i32) (param $stride i32) (param $q i32) (result f32)
    (local $end i32) (local $v v128) (local $a v128) (local $b v128)
    (local.set $end (i32.add (local.get $x) (local.get $stride)))
    (loop $each
      (local.set $v (v128.load (local.get $x)))
      (local.set $a (i32x4.add (local.get $a) (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $v)) (v128.load (local.get $q)))))
      (local.set $b (i32x4.add (local.get $b) (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $v)) (v128.load offset=16 (local.get $q)))))
      (local.set $q (i32.add (local.get $q) (i32.const 32)))
      (br_if $each (i32.lt_u (local.tee $x (i32.add (local.get $x) (i32.const 16))) (local.get $end))))
    (local.set $a (i32x4.add (local.get $a) (local.get $b)))
    (f32.convert_i32_s (i32.add
      (i32.add (i32x4.extract_lane 0 (local.get $a)) (i32x4.extract_lane 1 (local.get $a)))
      (i32.add (i32x4.extract_lane 2 (local.get $a)) (i32x4.extract_lane 3 (local.get $a))))))

  ;; Hamming distances of `count` sign codes (`stride` bytes each) to the query's, as u16 at $out, counted in the u32 histogram.
  ;; Masked slots get 65535 and are not counted.
  (func (export "hamming") (param $codes i32) (param $stride i32) (param $query i32) (param $count i32) (param $mask i32) (param $out i32) (param $histogram i32)
    (local $i i32) (local $distance i32) (local $x i32) (local $q i32) (local $end i32) (local $bin i32)
    (block $done (loop $each
      (br_if $done (i32.ge_u (local.get $i) (local.get $count)))
      (local.set $distance (i32.const 65535))
      (if (if (result i32) (local.get $mask) (then (i32.load8_u (i32.add (local.get $mask) (local.get $i)))) (else (i32.const 1)))
        (then
          (local.set $distance (i32.const 0))
          (local.set $x (i32.add (local.get $codes) (i32.mul (local.get $i) (local.get $stride))))
          (local.set $end (i32.add (local.get $x) (local.get $stride)))
          (local.set $q (local.get $query))
          ;; processors count the bits of 64 at once, but not those of each byte of a vector
          (loop $groups
            (local.set $distance (i32.add (local.get $distance) (i32.wrap_i64 (i64.add
              (i64.popcnt (i64.xor (i64.load (local.get $x)) (i64.load (local.get $q))))
              (i64.popcnt (i64.xor (i64.load offset=8 (local.get $x)) (i64.load offset=8 (local.get $q))))))))
            (local.set $q (i32.add (local.get $q) (i32.const 16)))
            (br_if $groups (i32.lt_u (local.tee $x (i32.add (local.get $x) (i32.const 16))) (local.get $end))))
          (local.set $bin (i32.add (local.get $histogram) (i32.shl (local.get $distance) (i32.const 2))))
          (i32.store (local.get $bin) (i32.add (i32.load (local.get $bin)) (i32.const 1)))))
      (i32.store16 (i32.add (local.get $out) (i32.shl (local.get $i) (i32.const 1))) (local.get $distance))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $each))))

  ;; Writes the slots (u32) whose distance (u16) is at most $limit to $out, returns how many.
  (func (export "collect") (param $distances i32) (param $count i32) (param $limit i32) (param $out i32) (result i32)
    (local $i i32) (local $to i32)
    (local.set $to (local.get $out))
    (block $done (loop $each
      (br_if $done (i32.ge_u (local.get $i) (local.get $count)))
      (i32.store (local.get $to) (local.get $i))
      (local.set $to (i32.add (local.get $to) (i32.shl
        (i32.le_u (i32.load16_u (i32.add (local.get $distances) (i32.shl (local.get $i) (i32.const 1)))) (local.get $limit))
        (i32.const 2))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $each)))
    (i32.shr_u (i32.sub (local.get $to) (local.get $out)) (i32.const 2))))
