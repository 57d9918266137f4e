//! Numbers and texts as bytes: each as short as it is small.
//!
//! A number has seven bits in each byte, the least first, and the eighth bit where it goes on. A difference is a signed
//! number, doubled, and one is taken off where it is negative. A text is its length and its bytes.

/// How far one number is from another; numbers wrap around, so that there is a difference of any two.
#[derive(Clone, Copy)]
pub(super) struct Difference(usize);

impl Difference {
    fn of(number: usize, from: usize) -> Self {
        Self(number.wrapping_sub(from))
    }

    pub(super) fn from(self, from: usize) -> usize {
        from.wrapping_add(self.0)
    }
}

/// Writes numbers and texts in the form that the module tells.
pub(in crate::index) struct Writer<'b> {
    pub(in crate::index) bytes: &'b mut Vec<u8>,
}

impl Writer<'_> {
    pub(in crate::index) fn number(&mut self, number: usize) {
        let mut rest = number;
        while rest > 0x7f {
            self.bytes.push(0x80 | (rest & 0x7f) as u8);
            rest >>= 7;
        }
        self.bytes.push(rest as u8);
    }

    pub(super) fn difference(&mut self, number: usize, from: usize) {
        let difference = Difference::of(number, from).0 as isize;
        self.number(((difference << 1) ^ (difference >> (isize::BITS - 1))) as usize);
    }

    pub(super) fn text(&mut self, text: &[u8]) {
        self.number(text.len());
        self.bytes.extend_from_slice(text);
    }
}

/// Reads what a [`Writer`] has written.
pub(in crate::index) struct Reader<'b> {
    pub(in crate::index) bytes: &'b [u8],
}

impl<'b> Reader<'b> {
    pub(in crate::index) fn number(&mut self) -> Option<usize> {
        let mut number = 0;
        for shift in (0..usize::BITS).step_by(7) {
            let (&byte, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            number |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    pub(super) fn difference(&mut self) -> Option<Difference> {
        let number = self.number()?;
        Some(Difference((number >> 1) ^ (number & 1).wrapping_neg()))
    }

    pub(super) fn bytes(&mut self, len: usize) -> Option<&'b [u8]> {
        let (bytes, rest) = self.bytes.split_at_checked(len)?;
        self.bytes = rest;
        Some(bytes)
    }

    pub(super) fn text(&mut self) -> Option<&'b [u8]> {
        let len = self.number()?;
        self.bytes(len)
    }

    pub(super) fn owned_text(&mut self) -> Option<String> {
        str::from_utf8(self.text()?).ok().map(str::to_owned)
    }
}
