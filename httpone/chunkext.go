package httpone

// An extKind is what an octet can mean in a chunk extension.
type extKind uint8

const (
	kindControl   extKind = iota // control octets: nowhere
	kindSpace                    // BWS
	kindSemicolon                // begins an extension
	kindEquals                   // between name and value
	kindQuote                    // around a quoted string
	kindBackslash                // begins a quoted pair
	kindToken                    // tchar
	kindText                     // what only a quoted string may hold
	numExtKinds
)

func extKindOf(ch byte) extKind {
	switch {
	case ch == ' ' || ch == '\t':
		return kindSpace
	case ch == ';':
		return kindSemicolon
	case ch == '=':
		return kindEquals
	case ch == '"':
		return kindQuote
	case ch == '\\':
		return kindBackslash
	case octets[ch]&classToken != 0:
		return kindToken
	case octets[ch]&classField != 0:
		return kindText
	}
	return kindControl
}

// extMoves is the grammar of chunk extensions: extMoves[p][k] follows p on an
// octet of kind k, and a zero cell is illegal.
var extMoves = [numChunkPhases][numExtKinds]chunkPhase{
	inSize:         {kindSpace: atExt, kindSemicolon: atExtName},
	atExt:          {kindSpace: atExt, kindSemicolon: atExtName},
	atExtName:      {kindSpace: atExtName, kindToken: inExtName},
	inExtName:      {kindToken: inExtName, kindSpace: afterExtName, kindEquals: atExtValue, kindSemicolon: atExtName},
	afterExtName:   {kindSpace: afterExtName, kindEquals: atExtValue, kindSemicolon: atExtName},
	atExtValue:     {kindSpace: atExtValue, kindToken: inExtValue, kindQuote: inExtQuoted},
	inExtValue:     {kindToken: inExtValue, kindSpace: atExt, kindSemicolon: atExtName},
	afterExtQuoted: {kindSpace: atExt, kindSemicolon: atExtName},
	inExtQuoted: {
		kindQuote: afterExtQuoted, kindBackslash: inExtEscape, kindSpace: inExtQuoted, kindSemicolon: inExtQuoted,
		kindEquals: inExtQuoted, kindToken: inExtQuoted, kindText: inExtQuoted,
	},
	inExtEscape: {
		kindQuote: inExtQuoted, kindBackslash: inExtQuoted, kindSpace: inExtQuoted, kindSemicolon: inExtQuoted,
		kindEquals: inExtQuoted, kindToken: inExtQuoted, kindText: inExtQuoted,
	},
}

// chunkExt takes one octet behind the digits of a chunk size that does not
// end the line. Extensions are checked and ignored (RFC 9112, section 7.1.1).
func (c *Conn) chunkExt(ch byte) *ProtocolError {
	next := extMoves[c.chunk][extKindOf(ch)]
	switch {
	case next != 0:
		c.chunk = next
		return nil
	case c.chunk <= inSize:
		return errChunkSize
	}
	return errChunkExt
}
