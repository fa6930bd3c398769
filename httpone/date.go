package httpone

import "time"

// AppendDate appends t as an IMF-fixdate, the form of the Date field: "Sun,
// 06 Nov 1994 08:49:37 GMT" (RFC 9110, section 5.6.7). It is 29 bytes long for
// years of four digits. Format it once a second and hand it to ReplyHead.Date.
func AppendDate(dst []byte, t time.Time) []byte {
	t = t.UTC()
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	dst = append(dst, t.Weekday().String()[:3]...)
	dst = append(dst, ", "...)
	dst = appendTwo(dst, day)
	dst = append(dst, ' ')
	dst = append(dst, month.String()[:3]...)
	dst = append(dst, ' ')
	dst = appendTwo(dst, year/100)
	dst = appendTwo(dst, year%100)
	for i, n := range [...]int{hour, minute, second} {
		dst = append(dst, " ::"[i])
		dst = appendTwo(dst, n)
	}
	return append(dst, " GMT"...)
}

func appendTwo(dst []byte, n int) []byte {
	return append(dst, byte('0'+n/10%10), byte('0'+n%10))
}
