//! The way to the C library's own functions, past what this crate defines.

use std::{
    ffi::{CStr, c_int, c_void},
    marker::PhantomData,
    sync::atomic::{AtomicPtr, Ordering::Relaxed},
};

/// A function of the C library, of type `F`.
pub(crate) struct Symbol<F> {
    name: &'static CStr,
    found: AtomicPtr<c_void>,
    function: PhantomData<F>,
}

impl<F: Copy> Symbol<F> {
    /// # Safety
    ///
    /// `F` is the type of a pointer to the C function of this name.
    pub(crate) const unsafe fn new(name: &'static CStr) -> Self {
        assert!(size_of::<F>() == size_of::<*mut c_void>());
        Symbol { name, found: AtomicPtr::new(std::ptr::null_mut()), function: PhantomData }
    }

    /// The function, unless the C library is too old to have it.
    #[inline]
    pub(crate) fn get(&self) -> Option<F> {
        let mut found = self.found.load(Relaxed);
        if found.is_null() {
            found = self.look_up();
        }
        // SAFETY: `F` is a pointer to a function, as `new` demands, and so as large as this pointer,
        // which is not null and points to that function.
        (!found.is_null()).then(|| unsafe { std::mem::transmute_copy::<*mut c_void, F>(&found) })
    }

    /// Two threads that do this at once find the same.
    #[cold]
    pub(crate) fn look_up(&self) -> *mut c_void {
        // SAFETY: the name ends in a zero; the next definition after the one in this program is asked
        // for, which is the C library's.
        let found = unsafe { libc::dlsym(libc::RTLD_NEXT, self.name.as_ptr()) };
        self.found.store(found, Relaxed);
        found
    }
}

/// Calls the C library's function of this name; where it has none, sets `errno` and returns -1.
macro_rules! pass_on {
    ($name:ident($($argument:ident: $kind:ty),*) -> $result:ty) => {{
        static REAL: $crate::real::Symbol<unsafe extern "C" fn($($kind),*) -> $result> =
            // SAFETY: it is the type of the C function of this name, whose definition calls this.
            unsafe { $crate::real::Symbol::new($crate::real::c_name!($name)) };
        // Looked up before `main`: a call in the middle of anything is then one load and one jump.
        #[used]
        #[cfg_attr(target_os = "linux", unsafe(link_section = ".init_array"))]
        #[cfg_attr(target_os = "macos", unsafe(link_section = "__DATA,__mod_init_func"))]
        static BEFORE_MAIN: extern "C" fn() = {
            extern "C" fn look_up() {
                REAL.look_up();
            }
            look_up
        };
        match REAL.get() {
            // SAFETY: with the arguments of the caller, who promised what that function asks for.
            Some(real) => unsafe { real($($argument),*) },
            None => $crate::real::not_there() as $result,
        }
    }};
}

macro_rules! c_name {
    ($name:ident) => {
        match ::std::ffi::CStr::from_bytes_with_nul(concat!(stringify!($name), "\0").as_bytes()) {
            Ok(name) => name,
            Err(_) => unreachable!(),
        }
    };
}

pub(crate) use {c_name, pass_on};

/// As a function of the C library says that the system has not got it.
#[cold]
pub(crate) fn not_there() -> c_int {
    set_errno(libc::ENOSYS);
    -1
}

pub(crate) fn set_errno(error: c_int) {
    #[cfg(target_os = "linux")]
    // SAFETY: it has no demands, and returns the place of this thread's `errno`, which is always there.
    let place = unsafe { libc::__errno_location() };
    #[cfg(target_os = "macos")]
    // SAFETY: as above.
    let place = unsafe { libc::__error() };
    // SAFETY: as above; nobody else has a reference to it.
    unsafe { place.write(error) };
}
