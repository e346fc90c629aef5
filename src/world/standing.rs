//! What keeps a host from the market (HOST-02).
//!
//! A host is *available* iff it is there, has power and network; *listed* iff it is vetted and nothing
//! delists it; *offered* iff both. Maintenance acts as a loss of power.

/// What a host may stand under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Bar {
    /// It has no power (HOST-03).
    Power = 1,
    /// It is cut off from the network (HOST-04).
    Network = 1 << 1,
    /// It is under maintenance (HOST-05).
    Maintenance = 1 << 2,
    /// It has not joined yet, or has left for good (HOST-06).
    Absence = 1 << 3,
    /// It is being vetted (CLD-04).
    Vetting = 1 << 4,
    /// Its reliability is below the listing minimum (HOST-10).
    Reliability = 1 << 5,
    /// Maintenance or its departure is near (HOST-05, HOST-06).
    Notice = 1 << 6,
}

/// The bars that a host stands under; by default none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing(u8);

impl Standing {
    const NOT_AVAILABLE: u8 =
        Bar::Power as u8 | Bar::Network as u8 | Bar::Maintenance as u8 | Bar::Absence as u8;
    const UNLISTED: u8 = Bar::Vetting as u8 | Bar::Reliability as u8 | Bar::Notice as u8;

    /// Powered, online, and not gone.
    pub fn available(self) -> bool {
        self.0 & Self::NOT_AVAILABLE == 0
    }
    /// Vetted and not delisted.
    pub fn listed(self) -> bool {
        self.0 & Self::UNLISTED == 0
    }
    /// Available and listed: seen by requests.
    pub fn offered(self) -> bool {
        self.0 == 0
    }
    /// Whether it stands under `bar`.
    pub fn is_under(self, bar: Bar) -> bool {
        self.0 & bar as u8 != 0
    }
    /// Whether it has power: none is cut, and there is no maintenance.
    pub fn has_power(self) -> bool {
        !self.is_under(Bar::Power) && !self.is_under(Bar::Maintenance)
    }
    /// Stands under `bar`, or no longer.
    pub fn set(&mut self, bar: Bar, is_under: bool) {
        if is_under {
            self.0 |= bar as u8;
        } else {
            self.0 &= !(bar as u8);
        }
    }
}
