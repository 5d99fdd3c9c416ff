package devstack

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
)

// PostgreSQL refuses to run as root, which is what containers and build
// machines usually are. Three ways, in this order:
//
//  1. we are not root: run it as we are;
//  2. a new user namespace in which root outside has another number inside:
//     works below folders only root may enter, and nothing changes owner;
//  3. drop to the user postgres, to whom the folder is then given.
type identity struct {
	attr  func() *syscall.SysProcAttr
	owner *syscall.Credential // who must own the folder; nil: it stays ours
}

// unprivileged finds the way once per process.
var unprivileged = sync.OnceValues(func() (identity, error) {
	if os.Geteuid() != 0 {
		return identity{attr: func() *syscall.SysProcAttr { return &syscall.SysProcAttr{} }}, nil
	}
	if inside, err := lookup("postgres", "nobody"); err == nil {
		id := identity{attr: func() *syscall.SysProcAttr { return namespaced(inside) }}
		if id.works() {
			return id, nil
		}
	}
	outside, err := lookup("postgres")
	if err != nil {
		return identity{}, errors.New("PostgreSQL does not run as root and user namespaces are not allowed here: start Tribuna as an ordinary user, create the user postgres, or set DATABASE_URL to a running PostgreSQL")
	}
	return identity{
		attr:  func() *syscall.SysProcAttr { return &syscall.SysProcAttr{Credential: outside} },
		owner: outside,
	}, nil
})

func namespaced(inside *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: int(inside.Uid), HostID: os.Geteuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: int(inside.Gid), HostID: os.Getegid(), Size: 1}},
	}
}

// works tries the identity on a program that does nothing.
func (id identity) works() bool {
	cmd := exec.Command("/bin/true")
	cmd.SysProcAttr = id.attr()
	return cmd.Run() == nil
}

// own gives dir and all that is in it to the user the programs run as.
func (id identity) own(dir string) error {
	if id.owner == nil {
		return nil
	}
	return filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, int(id.owner.Uid), int(id.owner.Gid))
	})
}

// lookup finds the first of the named users.
func lookup(names ...string) (*syscall.Credential, error) {
	for _, name := range names {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, _ := strconv.ParseUint(u.Uid, 10, 32)
		gid, _ := strconv.ParseUint(u.Gid, 10, 32)
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, fmt.Errorf("none of the users %v exists", names)
}
