package websocket

// counts is how many codes a block has of its own (RFC 1951, section 3.2.7).
func (z *inflater) counts() want {
	if !z.have(14) {
		return wantInput
	}
	z.numLit, z.numDist, z.numCodes = z.take(5)+257, z.take(5)+1, z.take(4)+4
	if z.numLit > maxLitCodes || z.numDist > maxDistCodes {
		return wantNoMore
	}
	taken := z.taken + int64(z.size-len(z.src))
	if z.tables++; z.tables > freeTables+taken/tableBytes {
		return wantTooMuch
	}
	clear(z.lengths[:numCodeCodes])
	z.at = 0
	z.step = stepCodes
	return wantNothing
}

// codes are the lengths of the code in which the other lengths are written.
func (z *inflater) codes() want {
	for ; z.at < z.numCodes; z.at++ {
		if !z.have(3) {
			return wantInput
		}
		z.lengths[codeOrder[z.at]] = uint8(z.take(3))
	}
	if !z.ownFar.build(z.lengths[:numCodeCodes]) {
		return wantNoMore
	}
	z.at = 0
	z.step = stepLengths
	return wantNothing
}

// codeLengths are the lengths of the codes, in runs:
//
//	16  the last one again, 3 and two bits times
//	17  zero, 3 and three bits times
//	18  zero, 11 and seven bits times
func (z *inflater) codeLengths() want {
	total := z.numLit + z.numDist
	for z.at < total {
		symbol, extra, w := z.lengthSymbol()
		if w != wantNothing {
			return w
		}
		if symbol < 16 {
			z.lengths[z.at] = uint8(symbol)
			z.at++
			continue
		}
		length, times := uint8(0), 3+extra
		switch {
		case symbol == 16 && z.at == 0:
			return wantNoMore
		case symbol == 16:
			length = z.lengths[z.at-1]
		case symbol == 18:
			times = 11 + extra
		}
		if times > total-z.at {
			return wantNoMore
		}
		for range times {
			z.lengths[z.at] = length
			z.at++
		}
	}
	// A block without an end would go on to the end of the message.
	if z.lengths[endOfBlock] == 0 || !z.ownLit.build(z.lengths[:z.numLit]) ||
		!z.ownFar.build(z.lengths[z.numLit:total]) {
		return wantNoMore
	}
	z.lit, z.far = &z.ownLit, &z.ownFar
	z.step = stepSymbols
	return wantNothing
}

// lengthSymbol takes a symbol of the code for lengths, and its extra bits.
func (z *inflater) lengthSymbol() (symbol, extra int, w want) {
	const longest = 7 + 7
	z.have(longest) // as far as there are so many
	e := z.ownFar.fast[z.bits&fastMask]
	n := uint(e & 15)
	symbol = int(e >> 4)
	switch {
	case n == 0 && z.n >= 7:
		return 0, 0, wantNoMore
	case n == 0:
		return 0, 0, wantInput
	}
	bits := uint(0)
	switch symbol {
	case 16:
		bits = 2
	case 17:
		bits = 3
	case 18:
		bits = 7
	}
	if n+bits > z.n {
		return 0, 0, wantInput
	}
	z.take(n)
	return symbol, z.take(bits), wantNothing
}
